import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.ts';
import { endWithNpm } from './end-with-npm.ts';

// In this process rather than a child process, so that signals of a service manager reach the program.
buildIfNeeded();
endWithNpm();
process.argv.splice(2, 0, 'run');
await import(join(import.meta.dirname, '../out/main/cli.js'));
