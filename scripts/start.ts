import { runApp } from './app-host.ts';
import { buildIfNeeded } from './build-if-needed.ts';
import { endWithNpm } from './end-with-npm.ts';

buildIfNeeded();
endWithNpm();
process.exitCode = await runApp(process.argv.slice(2));
