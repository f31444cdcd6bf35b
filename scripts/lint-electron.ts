import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Not a development dependency, because it has 450 dependencies, half of them from 2021. npm caches it, so a second
 * run needs no network.
 */
const ELECTRONEGATIVITY = '@doyensec/electronegativity@1.10.3';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = ['electron', 'renderer', 'shared', 'package.json'];

/** Runs Doyensec's checks on the sources of the desktop app, and fails for findings of severity medium or higher. */
function lintElectron(): number {
  // Only the sources of the app: the checks would also read node_modules/ and the tests.
  const folder = mkdtempSync(join(tmpdir(), 'lint-electron-'));
  try {
    for (const source of SOURCES) {
      const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);
      cpSync(join(ROOT, source), join(folder, source), { recursive: true, filter: (path) => !isTest(path) });
    }
    const check = join(import.meta.dirname, 'electron-findings.ts');
    const { status } = spawnSync(
      'npm',
      ['exec', '--yes', `--package=${ELECTRONEGATIVITY}`, '--', 'node', check, folder],
      { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' }, // npm is a .cmd file there
    );
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = lintElectron();
