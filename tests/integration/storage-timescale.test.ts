import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { PoolClient } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { createOpenedTargets } from '../../electron/monitor/store/archive/targets/open-targets.ts';
import { loadMigrations, migrate } from '../../electron/monitor/store/connection/migrate.ts';
import { openSession } from '../../electron/monitor/store/connection/session.ts';
import { createTransact } from '../../electron/monitor/store/connection/transaction.ts';
import { writeExport } from '../../electron/monitor/store/export/write-export.ts';
import { thenUseTimescale } from '../../electron/monitor/store/extensions/timescale.ts';
import { createOldTables } from '../../electron/monitor/store/moving/move-old-tables.ts';
import { monthOf } from '../../electron/monitor/store/partitions/partition-month.ts';
import {
  makePartition,
  PARTITIONED_TABLES,
} from '../../electron/monitor/store/partitions/partitioned-table.ts';
import { createSeriesIds } from '../../electron/monitor/store/series/series-ids.ts';
import { seriesTicks } from '../../electron/monitor/store/series/series-ticks.ts';
import { verifyCandles } from '../../electron/monitor/store/verify/verify-candles.ts';
import { insertNewTicks } from '../../electron/monitor/store/writer/insert-new-ticks.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { databasePool } from '../database-client.ts';
import { tick } from './storage-fixture.ts';

const FOLDER = join(import.meta.dirname, '../counterparts/timescaledb');
const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

async function startServer(): Promise<string> {
  const child = spawn(process.execPath, [join(FOLDER, 'server.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return `postgresql://postgres@127.0.0.1:${port.trim()}/postgres?sslmode=disable`;
}

describe.skipIf(!existsSync(join(FOLDER, 'node_modules')))('TimescaleDB (needs npm run counterparts)', () => {
  it('partitions and compresses the ticks of a new database, recognizes repeated ones, repairs candles and exports', async () => {
    const pool = databasePool({ connectionString: await startServer(), max: 1 });
    await pool.query('create extension timescaledb');
    const { signal } = new AbortController();
    const transact = createTransact(pool, signal);
    const session = await openSession(transact, []);
    await migrate(transact, session, await loadMigrations());
    const oldTables = createOldTables({ clock: systemClock, log: silentLog, report: () => undefined });
    const beforeReady = thenUseTimescale(oldTables.moveCandles);
    // Twice, as at the next start: the second time, nothing is left to do.
    for (let time = 0; time < 2; time++) await beforeReady(transact, session, signal);

    const run = <T>(work: Parameters<typeof transact<T>>[1]): Promise<T> => transact(session.begin(), work);
    const ids = createSeriesIds(run);
    const ticks = Array.from({ length: 500 }, (_, hour) =>
      tick({ observedAt: START + hour * HOUR_MS, price: hour }),
    );
    await ids.load(ticks);
    const sorted = seriesTicks(ticks, ids.of);
    for (const table of PARTITIONED_TABLES)
      await run((client) => makePartition(client, table, monthOf(START)));
    expect(await run((client) => insertNewTicks(client, sorted.slice(0, 400)))).toHaveLength(400);
    expect(await run((client) => insertNewTicks(client, sorted))).toHaveLength(100);

    const rows = async (sql: string) => (await run((client) => client.query(sql))).rows;
    expect(
      await rows(
        `select num_chunks::integer as chunks, compression_enabled from timescaledb_information.hypertables`,
      ),
    ).toEqual([{ chunks: 3, compression_enabled: true }]);
    expect(
      await rows(
        `select proc_name, config ->> 'compress_after' as after from timescaledb_information.jobs where hypertable_name = 'series_ticks'`,
      ),
    ).toEqual([{ proc_name: 'policy_compression', after: '7 days' }]);
    const SUM = 'select count(*)::integer as ticks, sum(price) as sum from ticks';
    const before = await rows(SUM);
    expect(before).toEqual([{ ticks: 500, sum: (499 * 500) / 2 }]);
    const chunks = await pool.query(
      `select public.compress_chunk(chunk) from public.show_chunks('series_ticks') as chunk`,
    );
    expect(chunks.rowCount).toBe(3);
    expect(await rows(SUM)).toEqual(before);
    // Minutes are still partitioned by month.
    expect(await rows(`select to_regclass('series_candles_1m_2026_01') is not null as there`)).toEqual([
      { there: true },
    ]);
    expect(await rows(`select to_regclass('series_ticks_by_month') is null as gone`)).toEqual([
      { gone: true },
    ]);

    // Reads ticks of compressed chunks. The server accepts only one connection.
    const candles = () =>
      rows(
        `select count(*)::integer as count, sum(close) as sum, sum(tick_count)::integer as ticks from candles_1m`,
      );
    // Minutes, and the hours and days that are computed from them.
    expect(await verify(run, true)).toBe(24 + 24 + 1);
    expect(await candles()).toEqual([{ count: 24, sum: (23 * 24) / 2, ticks: 24 }]);
    expect(await verify(run, false)).toBe(0);

    const csv = await exported(run, 'csv');
    expect(csv.toString().split('\n')).toHaveLength(502);
    const parquet = await exported(run, 'parquet');
    expect(parquet.subarray(0, 4).toString()).toBe('PAR1');
    await pool.end();
  });
});

type Run = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/** The number of candles that are missing or different. */
async function verify(run: Run, repairs: boolean): Promise<number> {
  let found = 0;
  await verifyCandles({
    from: START,
    to: START + 24 * HOUR_MS,
    repairs,
    run,
    onFinding: () => void found++,
    onArchived: () => undefined,
  });
  return found;
}

async function exported(run: Run, format: 'csv' | 'parquet'): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const target = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  const range = { coinId: 'bitcoin', vsCurrency: 'usd', from: 0, to: Date.now() };
  const targets = createOpenedTargets({});
  await writeExport(run, { kind: 'ticks', range, interval: '1h', format }, target, {
    targets,
    onArchived: () => undefined,
  });
  return Buffer.concat(chunks);
}
