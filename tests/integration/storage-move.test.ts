import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readPostmasterPid } from '../../electron/monitor/store/postgres/postmaster-pid.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { until } from '../program.ts';
import { makeDatabaseAsOf } from './database-as-of.ts';
import { killsOr, printCounts } from './kills.ts';
import { loadAndKill } from './load-and-kill.ts';
import { candlesByDefinition, openTestStorage, queryEmbedded, withDataDir } from './storage-fixture.ts';
import { LOAD_COINS, loadFetch } from './storage-load-batch.ts';

/**
 * The number of fetches in the old tables: by default ten hours, about a thousand pages of ticks. `STORAGE_MOVE_FETCHES=250000` is five
 * million ticks.
 */
const OLD_FETCHES = Number(process.env.STORAGE_MOVE_FETCHES ?? 5_000);
/** A restarted feed returns the last prices again. */
const REPEATED_FETCHES = 3;
/** Kills for each version; `KILLS` sets another number. */
const KILLS = killsOr(2);
const options = { timeout: 300_000 + KILLS * 20_000 };
/** After the 7th, the last before hours were stored with minutes, the move of an earlier start was killed before it copied anything. */
const MIGRATIONS_BEFORE = [1, 2, 3, 4, 5, 7];
/** The last number of migrations in which ticks and candles are not stored by series. */
const WITHOUT_SERIES = 5;

/** The ticks of `loadFetch(0)` to `loadFetch(OLD_FETCHES - 1)` with their candles, in tables of the earlier schema. */
function oldRows(hasAmounts: boolean): string {
  const [traded, tradedOf] = hasAmounts ? [', traded', ', null::double precision'] : ['', ''];
  const candles = (table: string, unit: string): string => `
    insert into ${table} (
      coin_id, vs_currency, source, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h${traded}
    )
    select
      coin_id, vs_currency, source, date_trunc('${unit}', observed_at),
      (array_agg(price order by observed_at))[1], min(observed_at), max(price), min(price),
      (array_agg(price order by observed_at desc))[1], max(observed_at), count(*), null${tradedOf}
    from ticks group by 1, 2, 3, 4;`;
  return `
    insert into ticks (coin_id, vs_currency, observed_at, price, volume_24h, market_cap, source)
    select
      'coin-' || coin, 'usd', timestamptz '2026-01-01T00:00:00Z' + number * interval '7 seconds',
      100 + (number * 7 + coin) % 50, null, null, 'coingecko'
    from generate_series(0, ${OLD_FETCHES - 1}) as number, generate_series(0, ${LOAD_COINS - 1}) as coin
    order by number, coin;
    ${candles('candles_1m', 'minute')}
    ${candles('candles_1h', 'hour')}
    refresh materialized view ohlcv_daily;
    create role reader;
    grant select on ticks, candles_1m, candles_1h, ohlcv_daily to reader;`;
}

describe('a database of an earlier version', () => {
  it.each(MIGRATIONS_BEFORE)(
    'after migration %i is moved while prices flow, however often it is killed',
    options,
    (count) =>
      withDataDir(async (dataDir) => {
        await makeDatabaseAsOf(dataDir, Math.min(count, WITHOUT_SERIES), oldRows(count >= 3));
        if (count > WITHOUT_SERIES) await makeDatabaseAsOf(dataDir, count, '');
        const accepted: number[] = [];
        for (let kill = 0; kill < KILLS; kill++) {
          const first = (accepted.at(-1) ?? OLD_FETCHES - 1) + 1 - REPEATED_FETCHES;
          const moment = async (): Promise<void> => {
            await until(async () => (await readPostmasterPid(join(dataDir, 'postgres')))?.ready);
            await sleep(Math.random() * 1_500);
          };
          accepted.push(...(await loadAndKill(dataDir, first, moment)));
        }
        const storage = openTestStorage(dataDir);
        await storage.untilWritten();
        await untilMoved(dataDir);

        const last = Math.max(...accepted);
        const [counts] = await queryEmbedded<Record<string, number>>(
          dataDir,
          `select
           (select count(*) from ticks)::integer as ticks,
           (select count(distinct (coin_id, observed_at)) from ticks)::integer as distinct_ticks,
           (select sum(tick_count) from candles_1m)::integer as minutes,
           (select sum(tick_count) from candles_1h)::integer as hours,
           (select sum(tick_count) from series_candles_1d)::integer as days,
           has_table_privilege('reader', 'ticks', 'select')
             and has_table_privilege('reader', 'candles_1m', 'select')
             and has_table_privilege('reader', 'ohlcv_daily', 'select') as is_readable,
           (select count(*) from series_ticks_default)::integer as without_partition`,
        );
        const ticks = counts?.ticks ?? 0;
        expect(ticks).toBeGreaterThanOrEqual((last + 1) * LOAD_COINS);
        // At each kill, one more batch may have been accepted and not printed.
        expect(ticks).toBeLessThanOrEqual((last + 1 + KILLS) * LOAD_COINS);
        expect(counts).toEqual({
          ticks,
          distinct_ticks: ticks,
          minutes: ticks,
          hours: ticks,
          days: ticks,
          is_readable: true,
          without_partition: 0,
        });

        const own = Array.from(
          { length: ticks / LOAD_COINS },
          (_, number) => loadFetch(number).ticks[7] as Tick,
        );
        for (const interval of ['1m', '1h', '1d'] as const) {
          const { candles } = await storage.candles({
            coinId: 'coin-7',
            vsCurrency: 'usd',
            interval,
            limit: 100,
            before: Date.UTC(2026, 1, 1),
          });
          expect(candles, interval).toEqual(candlesByDefinition(own, interval).slice(-100));
        }
        await storage.stop(10_000);
        printCounts({ 'schema with migrations': count, kills: KILLS, ticks });
      }),
  );
});

/** Waits until nothing is left of the old tables. */
async function untilMoved(dataDir: string): Promise<void> {
  await until(async () => {
    const [row] = await queryEmbedded<{ left: number }>(
      dataDir,
      `select (select count(*) from pg_class where relname like '%_to_move')::integer
         + (select count(*) from moving)::integer as left`,
    );
    return row?.left === 0;
  });
}
