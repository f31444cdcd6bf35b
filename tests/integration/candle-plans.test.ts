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
/** The first one is within a bucket of every interval. */
const MEASURED_MINUTES = 307;

/** The client, which notes the partitions of candles that are in the plan of each statement. */
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

it('charts whose candles are not all measured touch no partitions but those of their months', () =>
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
