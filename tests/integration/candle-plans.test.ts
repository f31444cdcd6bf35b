import type { PoolClient } from 'pg';
import { expect, it } from 'vitest';
import { saveHistory } from '../../electron/monitor/store/history/save-history.ts';
import { monthsBetween } from '../../electron/monitor/store/partitions/partition-month.ts';
import {
  makePartition,
  PARTITIONED_TABLES,
} from '../../electron/monitor/store/partitions/partitioned-table.ts';
import { readCandles } from '../../electron/monitor/store/reads/read-candles.ts';
import { INTERVALS } from '../../shared/domain/interval.ts';
import { databaseUrlOf, openTestStorage, tick, withClient, withDataDir } from './storage-fixture.ts';

const MINUTE_MS = 60_000;
const END = Date.UTC(2026, 5, 15);
/** The first measured minute is in the middle of a bucket of every interval. */
const MEASURED_MINUTES = 307;

/** A client that notes the partitions of candles in the plan of each statement. */
function notingPartitions(client: PoolClient, noted: number[]): PoolClient {
  const query = async (text: string, values?: unknown[]): Promise<unknown> => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    noted.push(new Set(plan.match(/on series_candles_1m_(\d{4}_\d{2}|default)/g)).size);
    return client.query(text, values);
  };
  return new Proxy(client, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)),
  });
}

it('charts with some candles that were not measured read only the partitions of their months', () =>
  withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    const at = (minute: number): number => END - minute * MINUTE_MS;
    const minutes = Array.from({ length: MEASURED_MINUTES }, (_, index) => MEASURED_MINUTES - index);
    const ticks = minutes.map((minute) => tick({ coinId: 'bitcoin', price: minute, observedAt: at(minute) }));
    await storage.accept({ ticks, alerts: [] });
    await storage.untilWritten();
    await withClient(await databaseUrlOf(dataDir), async (connected) => {
      const client = connected as unknown as PoolClient;
      for (const month of monthsBetween(Date.UTC(2020, 0, 1), END))
        for (const table of PARTITIONED_TABLES) await makePartition(client, table, month);
      for (const coinId of ['bitcoin', 'imported'])
        await saveHistory(client, {
          request: { source: 'kraken', coinId, vsCurrency: 'usd', interval: '1m' },
          volumeKind: 'traded',
          candles: Array.from({ length: 2_000 }, (_, index) => ({
            start: at(MEASURED_MINUTES + index + 1),
            ...{ open: 1, high: 2, low: 1, close: 2, volume: 3 },
          })),
          covered: [],
          found: true,
        });
      for (const coinId of ['bitcoin', 'imported'])
        for (const interval of INTERVALS)
          for (const before of [END, at(MEASURED_MINUTES - 10), at(1_000), Date.UTC(2024, 3, 1)]) {
            const partitions: number[] = [];
            const noting = notingPartitions(client, partitions);
            await readCandles(noting, { coinId, vsCurrency: 'usd', interval, limit: 500, before });
            expect(Math.max(...partitions), `${interval} of ${coinId}`).toBeLessThanOrEqual(2);
          }
    });
    await storage.stop(10_000);
  }));

/** A client that counts the pages that each statement reads. */
function countingPages(client: PoolClient, counted: number[]): PoolClient {
  const query = async (text: string, values?: unknown[]): Promise<unknown> => {
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `explain (analyze, buffers, format json) ${text}`,
      values,
    );
    for (const { 'QUERY PLAN': plans } of rows)
      for (const { Plan: plan } of plans)
        counted.push((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
    return client.query(text, values);
  };
  return new Proxy(client, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)),
  });
}

it('a chart of weeks reads its days from their index, in which the days of a coin are adjacent', () =>
  withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    await storage.untilReady();
    await withClient(await databaseUrlOf(dataDir), async (connected) => {
      const client = connected as unknown as PoolClient;
      // In the order of the writer, day by day for all coins: each day of a coin is on another page of the table.
      await client.query(`
        insert into series (coin_id, vs_currency, source)
        select 'coin-' || coin, 'usd', 'coingecko' from generate_series(1, 60) as coin`);
      await client.query(
        `insert into series_candles_1d (series_id, bucket, open, open_at, high, low, close, close_at, tick_count)
         select series.id, day, date_part('epoch', day), day, 3e9, -3e9 - series.id, 2, day + interval '23 hours', 1
         from generate_series($1::timestamptz - interval '3500 days', $1::timestamptz - interval '1 day', interval '1 day') as day, series
         order by day, series.id`,
        [new Date(END).toISOString()],
      );
      // The embedded server would do this a minute later.
      await client.query('vacuum analyze series_candles_1d');
      const pages: number[] = [];
      const { candles } = await readCandles(countingPages(client, pages), {
        ...{ coinId: 'coin-7', vsCurrency: 'usd', interval: '1w', limit: 500, before: END },
      });
      const WEEK_MS = 7 * 86_400_000;
      const starts = Array.from({ length: 500 }, (_, index) => END - (500 - index) * WEEK_MS);
      expect(candles.map(({ start, open, tickCount }) => ({ start, open, tickCount }))).toEqual(
        starts.map((start) => ({ start, open: start / 1_000, tickCount: 7 })),
      );
      expect(Math.max(...pages)).toBeLessThan(200);
    });
    await storage.stop(10_000);
  }));
