import type { PoolClient } from 'pg';
import { expect, it } from 'vitest';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { embeddedProvider } from '../../electron/monitor/store/connection/provider.ts';
import { createOldTables } from '../../electron/monitor/store/moving/move-old-tables.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { databaseClient, databasePool } from '../database-client.ts';
import { until } from '../program.ts';
import { makeDatabaseAsOf } from './database-as-of.ts';
import { withDataDir } from './storage-fixture.ts';

const TICKS = `
  insert into ticks (coin_id, vs_currency, observed_at, price, source)
  select 'bitcoin', 'usd', timestamptz '2026-01-05 12:00+00' + number * interval '1 second', number, 'kraken'
  from generate_series(1, 50) as number`;

it('finds every tick while ticks are copied to partitions that are being created', () =>
  withDataDir(async (dataDir) => {
    await makeDatabaseAsOf(dataDir, 2, TICKS);
    await makeDatabaseAsOf(dataDir, Number.POSITIVE_INFINITY, 'select');
    const provider = embeddedProvider(dataDir, silentLog, () => undefined);
    const { config } = await provider.provide();
    const pool = databasePool(config);
    const watcher = databaseClient(config);
    await watcher.connect();
    const found: number[] = [];
    /** Begins a read before the transaction is committed, and resolves when the query waits for the transaction or has ended. */
    const readBeside = async (): Promise<{ readonly reading: Promise<void> }> => {
      const reader = databaseClient({ ...config, application_name: 'reader' });
      await reader.connect();
      let isOver = false;
      const reading = reader
        .query<{ count: number }>('select count(*)::integer as count from ticks')
        .then(({ rows }) => void found.push(rows[0]?.count ?? 0))
        .finally(() => {
          isOver = true;
          return reader.end();
        });
      const isWaiting = async (): Promise<boolean> => {
        const { rowCount } = await watcher.query(
          `select from pg_stat_activity where application_name = 'reader' and wait_event_type = 'Lock'`,
        );
        return rowCount !== 0;
      };
      await until(async () => isOver || (await isWaiting()));
      return { reading };
    };
    const run = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const result = await work(client);
        const { reading } = await readBeside();
        await client.query('commit');
        await reading;
        return result;
      } finally {
        client.release();
      }
    };
    try {
      const moving = createOldTables({ clock: systemClock, log: silentLog, report: () => undefined });
      await moving.moveTicks(run, async () => undefined, new AbortController().signal);
    } finally {
      await watcher.end();
      await pool.end();
      await provider.stop();
    }
    expect(found.length).toBeGreaterThan(3);
    expect(new Set(found)).toEqual(new Set([50]));
  }));
