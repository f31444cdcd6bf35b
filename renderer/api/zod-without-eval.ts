import { config } from 'zod';

// zod compiles object schemas with `new Function` if it can. The page's Content-Security-Policy forbids that, and
// even an attempt is reported as a violation, so it is disabled before the first schema is created. Import this first.
config({ jitless: true });
