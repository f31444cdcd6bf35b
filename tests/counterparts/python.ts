import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installedProgram } from './installed-program.ts';

/** Filled by `npm run counterparts`. */
export const PYTHON_PACKAGES = join(import.meta.dirname, 'python/packages');

/** Why programs that import these modules cannot be run here, or null. */
export function pythonLacks(...modules: readonly string[]): string | null {
  const python = installedProgram('python3');
  if (python === null) return 'Python is not installed';
  const env = { ...process.env, PYTHONPATH: PYTHON_PACKAGES };
  const { status } = spawnSync(python, ['-c', `import ${modules.join(', ')}`], { env });
  return status === 0 ? null : `${modules[0]} of Python is not there: run npm run counterparts`;
}
