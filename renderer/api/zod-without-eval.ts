import { config } from 'zod';

// zod compiles object schemas with `new Function` when it may. The page's Content-Security-Policy forbids that, and
// even trying is reported as a violation; so it is switched off before the first schema is made. Import this first.
config({ jitless: true });
