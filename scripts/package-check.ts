import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.ts';

const ROOT = join(import.meta.dirname, '..');

// With PACKED_APP=<folder in dist>, checks that app. Otherwise packs one: with Electron if there is one and a
// display, else with a stand-in.
buildIfNeeded();
const { status } = spawnSync('vitest', ['run', '--project', 'integration', 'package.test.ts'], {
  cwd: ROOT,
  stdio: 'inherit',
  shell: process.platform === 'win32', // the tools are .cmd files there
});
process.exitCode = status ?? 1;
