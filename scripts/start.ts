import { runApp } from './app-host.ts';
import { buildIfNeeded } from './build-if-needed.ts';

buildIfNeeded();
process.exitCode = await runApp(process.argv.slice(2));
