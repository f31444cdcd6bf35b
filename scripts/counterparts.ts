import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Fetches what tests need that no package of npm or of the operating system has: the Java programs that are named in
 * `tests/counterparts/<program>/pom.xml`. Without Maven nothing is fetched, and the tests that need them are skipped.
 */

const COUNTERPARTS = join(import.meta.dirname, '..', 'tests', 'counterparts');

for (const name of ['kafka']) {
  const jars = join(COUNTERPARTS, name, 'jars');
  if (existsSync(jars)) continue;
  const { error, status } = spawnSync(
    'mvn',
    [
      '-q',
      '-B',
      '-f',
      join(COUNTERPARTS, name, 'pom.xml'),
      'dependency:copy-dependencies',
      '-DoutputDirectory=jars',
    ],
    { stdio: 'inherit', shell: process.platform === 'win32' }, // mvn is a .cmd file there
  );
  if (error !== undefined || status !== 0) {
    rmSync(jars, { recursive: true, force: true }); // half of it would count as there
    console.error(
      `${name} cannot be fetched, and tests that need it are skipped: ${error?.message ?? 'Maven failed.'}`,
    );
  }
}
