import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Not a development dependency: it brings 450 packages for one check, half of them of 2021. npm keeps what it fetched,
 * so a second run needs no network.
 */
const ELECTRONEGATIVITY = '@doyensec/electronegativity@1.10.3';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = ['electron', 'renderer', 'shared', 'package.json'];

/** Runs Doyensec's checks on the sources of the desktop app, and fails when there is a finding of medium or higher. */
function lintElectron(): number {
  // Only what goes into the app: the checks would also read node_modules/ and the tests.
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
