import { expect, it } from 'vitest';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { embeddedProvider } from '../../electron/monitor/store/connection/provider.ts';
import type { EmbeddedConnection } from '../../electron/monitor/store/postgres/embedded-url.ts';
import { copyDatabase } from '../../electron/monitor/store/upgrade/copy-database.ts';
import { copyCluster } from '../cluster-template.ts';
import { databaseClient } from '../database-client.ts';
import { until } from '../program.ts';
import { withEmptyDataDir } from './storage-fixture.ts';

/** The connections that copy a table: one reads it, the other writes it. */
const COPYING = `
  select pid, datname as database from pg_stat_activity
  where query like 'copy %' and state = 'active' and backend_type = 'client backend'
  order by query like '% from stdin%'`;

it.each(['reads', 'writes'] as const)(
  'rejects the copy of a database whose connection that %s is lost, and does not end the program',
  (lost) =>
    withEmptyDataDir(async (dataDir) => {
      copyCluster(dataDir);
      const provider = embeddedProvider(dataDir, silentLog, () => undefined);
      const from = (await provider.provide()).config as EmbeddedConnection;
      const locking = databaseClient(from);
      const watcher = databaseClient({ ...from, database: 'postgres' });
      try {
        await Promise.all([locking.connect(), watcher.connect()]);
        // Both connections wait for this lock until they are terminated.
        await locking.query('begin; lock table series in access exclusive mode');
        const copied = expect(copyDatabase(from, { ...from, database: 'copy' }, silentLog)).rejects.toThrow(
          /terminat/,
        );
        const both = await until(async () => {
          const { rows } = await watcher.query<{ pid: number }>(COPYING);
          return rows.length === 2 && rows;
        });
        await watcher.query('select pg_terminate_backend($1)', [both[lost === 'reads' ? 0 : 1]?.pid]);
        await copied;
      } finally {
        await Promise.all([locking.end(), watcher.end()]);
        await provider.stop();
      }
    }),
);
