import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.ts';

const ROOT = join(import.meta.dirname, '..');

// With PACKED_APP=<folder in dist> it is that app which is checked, otherwise one that is packed for it: around Electron
// where there is one and a display to start it on, else around a stand-in.
buildIfNeeded();
const { status } = spawnSync('vitest', ['run', '--project', 'integration', 'package.test.ts'], {
  cwd: ROOT,
  stdio: 'inherit',
  shell: process.platform === 'win32', // the tools are .cmd files there
});
process.exitCode = status ?? 1;
