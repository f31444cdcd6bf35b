import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installedProgram } from './installed-program.ts';

/** Filled by `npm run counterparts`. */
export const PYTHON_PACKAGES = join(import.meta.dirname, 'python/packages');

/** Prints the arguments that are not modules of Python. It does not load modules, because some take half a second. */
const LACKED = `
import importlib.util, sys
print(*(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))`;

/** Why programs that import these modules cannot run here, or null. */
export function pythonLacks(...modules: readonly string[]): string | null {
  const python = installedProgram('python3');
  if (python === null) return 'Python is not installed';
  const env = { ...process.env, PYTHONPATH: PYTHON_PACKAGES };
  const { status, stdout } = spawnSync(python, ['-c', LACKED, ...modules], { env, encoding: 'utf8' });
  const lacked = status === 0 ? stdout.trim() : modules.join(' ');
  return lacked === '' ? null : `${lacked} of Python is not there: run npm run counterparts`;
}
