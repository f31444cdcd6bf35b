import type { Client } from 'pg';
import { monthsBetween } from '../electron/monitor/store/partitions/partition-month.ts';
import { makePartition, PARTITIONED_TABLES } from '../electron/monitor/store/partitions/partitioned-table.ts';

export const COINS = 500;
const START = Date.UTC(2026, 0, 1);
const POLL_SECONDS = 60;
const DAY_MS = 86_400_000;

const CANDLE_COLUMNS = 'series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h';

/** The time after the last tick that `fillWithPolls` writes, in milliseconds since the epoch. */
export function endOfPolls(millions: number): number {
  return START + ((millions * 1e6) / COINS) * POLL_SECONDS * 1_000;
}

/**
 * Fills the tables by SQL with the same rows as the writer: prices of 500 coins, polled every minute, that wander in steps of a cent,
 * with volumes and capitalizations at full precision, as CoinGecko returns them.
 *
 * @returns the time after the last tick
 */
export async function fillWithPolls(client: Client, millions: number): Promise<number> {
  const end = endOfPolls(millions);
  await makePartitions(client, START, end);
  await client.query(`
    insert into series (coin_id, vs_currency, source)
    select 'some-coin-' || coin, 'usd', 'coingecko' from generate_series(0, ${COINS - 1}) as coin`);
  // In order of time, a day at a time, as the writer does.
  for (let day = START; day < end; day += DAY_MS) {
    const [from, to] = [day, Math.min(end, day + DAY_MS)];
    await client.query(
      `insert into series_ticks (observed_at, series_id, price, volume_24h, market_cap)
       select
         at + series.id * interval '1 ms', series.id,
         round((100 + series.id + 5 * sin(extract(epoch from at) / 7000 + series.id) + random())::numeric, 2),
         1e9 + random() * 1e6, 5e10 + random() * 1e8
       from generate_series($1::timestamptz, $2::timestamptz - interval '1 ms', interval '${POLL_SECONDS} seconds') as at, series
       order by at, series.id`,
      [timestamp(from), timestamp(to)],
    );
    await client.query(
      `insert into series_candles_1m (${CANDLE_COLUMNS})
       select
         series_id, date_bin('1 minute', observed_at, 'epoch'),
         price, observed_at, price, price, price, observed_at, 1, volume_24h
       from series_ticks where observed_at >= $1 and observed_at < $2
       order by date_bin('10 minutes', observed_at, 'epoch'), series_id, observed_at`,
      [timestamp(from), timestamp(to)],
    );
    for (const [table, finer, length] of [
      ['series_candles_1h', 'series_candles_1m', '1 hour'],
      ['series_candles_1d', 'series_candles_1h', '1 day'],
    ]) {
      await client.query(
        `insert into ${table} (${CANDLE_COLUMNS})
         select
           series_id, date_bin('${length}', bucket, 'epoch'),
           (array_agg(open order by bucket))[1], min(open_at), max(high), min(low),
           (array_agg(close order by bucket desc))[1], max(close_at), sum(tick_count), max(volume_24h)
         from ${finer} where bucket >= $1 and bucket < $2
         group by 2, 1
         order by 2, 1`,
        [timestamp(from), timestamp(to)],
      );
    }
  }
  await client.query('vacuum analyze');
  return end;
}

/**
 * Adds older candles, so that a chart of every interval has 500, whatever the number of ticks: minutes of five days, hours of three
 * months, days of ten years. A database is like that after ten years, when old ticks have been deleted.
 */
export async function fillOlderCandles(client: Client, coinIds: readonly string[]): Promise<void> {
  for (const [table, length, count] of [
    ['series_candles_1m', '1 minute', 500 * 15],
    ['series_candles_1h', '1 hour', 500 * 4],
    ['series_candles_1d', '1 day', 500 * 7 + 7],
  ] as const) {
    if (table === 'series_candles_1m') await makePartitions(client, START - count * 60_000, START);
    await client.query(
      `insert into ${table} (${CANDLE_COLUMNS})
       select
         series.id, bucket, 100 + series.id, bucket, 101 + series.id, 99 + series.id, 100.5 + series.id,
         bucket + interval '${length}' - interval '1 second', 2, 1e9 + random() * 1e6
       from series, generate_series($2::timestamptz - ${count} * interval '${length}', $2::timestamptz - interval '${length}', '${length}')
         as bucket
       where coin_id = any($1)
       order by date_bin('10 minutes', bucket, 'epoch'), series.id, bucket`,
      [coinIds, timestamp(START)],
    );
  }
  await client.query('vacuum analyze');
}

/**
 * Adds the candles of a backfill, a thousand of each length before the first tick, and those of an import, minutes of five weeks.
 */
export async function fillHistory(client: Client, coinIds: readonly string[]): Promise<void> {
  for (const [seconds, count] of [
    [60, 50_000],
    [300, 1_000],
    [900, 1_000],
    [3_600, 1_000],
    [14_400, 1_000],
    [86_400, 1_000],
  ] as const) {
    await client.query(
      `insert into history_candles
         (coin_id, vs_currency, resolution_seconds, bucket, source, open, high, low, close, volume, volume_kind)
       select
         coin_id, 'usd', ${seconds}, $2::timestamptz - step * interval '${seconds} seconds', 'kraken',
         100, 101, 99, 100.5, 3.25, 'traded'
       from unnest($1::text[]) as coin_id, generate_series(1, ${count}) as step`,
      [coinIds, timestamp(START)],
    );
  }
  await client.query('vacuum analyze history_candles, history_folds');
}

/** Adds minute candles of the days before the first tick, as an import of a file does, for a coin without ticks. */
export async function fillImportedMinutes(client: Client, coinId: string, days: number): Promise<void> {
  const DAYS_AT_ONCE = 30;
  for (let day = days; day > 0; day -= DAYS_AT_ONCE) {
    const [from, to] = [START - day * DAY_MS, START - Math.max(0, day - DAYS_AT_ONCE) * DAY_MS];
    await client.query(
      `insert into history_candles
         (coin_id, vs_currency, resolution_seconds, bucket, source, open, high, low, close, volume, volume_kind)
       select $1, 'usd', 60, minute, 'import', 100, 101 + random(), 99 - random(), 100.5, random(), 'traded'
       from generate_series($2::timestamptz, $3::timestamptz - interval '1 ms', '1 minute') as minute`,
      [coinId, timestamp(from), timestamp(to)],
    );
  }
  await client.query('vacuum analyze history_candles, history_folds');
}

async function makePartitions(client: Client, from: number, to: number): Promise<void> {
  for (const month of monthsBetween(from, to)) {
    for (const table of PARTITIONED_TABLES) {
      await client.query('begin');
      await makePartition(client, table, month);
      await client.query('commit');
    }
  }
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
