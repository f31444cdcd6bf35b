import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { loadMigrations, migrate } from '../../electron/monitor/store/connection/migrate.ts';
import { embeddedProvider, externalProvider } from '../../electron/monitor/store/connection/provider.ts';
import { openSession } from '../../electron/monitor/store/connection/session.ts';
import { createTransact } from '../../electron/monitor/store/connection/transaction.ts';
import { copyCluster } from '../cluster-template.ts';
import { databasePool } from '../database-client.ts';
import { ownDatabase } from './storage-fixture.ts';

/** Creates the database of a data folder with the first `count` migrations, and then runs `sql`. */
export async function makeDatabaseAsOf(dataDir: string, count: number, sql: string): Promise<void> {
  const own = ownDatabase(dataDir);
  if (own === null) copyCluster(dataDir, 'empty');
  const provider =
    own === null ? embeddedProvider(dataDir, silentLog, () => undefined) : externalProvider(own);
  const { config } = await provider.provide();
  const pool = databasePool(config);
  try {
    const transact = createTransact(pool, new AbortController().signal);
    await migrate(transact, await openSession(transact, []), (await loadMigrations()).slice(0, count));
    await pool.query(sql);
  } finally {
    await pool.end();
    await provider.stop();
  }
}
