import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.ts';
import { endWithNpm } from './end-with-npm.ts';

// In this process and not in a child's, so that a service manager's signals reach the program itself.
buildIfNeeded();
endWithNpm();
process.argv.splice(2, 0, 'run');
await import(join(import.meta.dirname, '../out/main/cli.js'));
