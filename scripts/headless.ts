import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.ts';

// In this process and not in a child's, so that signals of npm and of service managers reach the program itself.
buildIfNeeded();
process.argv.splice(2, 0, 'run');
await import(join(import.meta.dirname, '../out/main/cli.js'));
