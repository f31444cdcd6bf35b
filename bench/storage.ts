import type { Client } from 'pg';
import { monthsBetween } from '../electron/monitor/store/partitions/partition-month.ts';
import { makePartition, PARTITIONED_TABLES } from '../electron/monitor/store/partitions/partitioned-table.ts';
import { readCandles } from '../electron/monitor/store/reads/read-candles.ts';
import { INTERVALS, type Interval } from '../shared/domain/interval.ts';
import { withOwnDatabase } from './own-database.ts';
import { type BenchResult, median, percentile } from './result.ts';

export const COINS = 500;
const START = Date.UTC(2026, 0, 1);
const POLL_SECONDS = 60;
const READS_PER_INTERVAL = 60;
const REFRESHES = 5;
/** As `npm run bench -- sizes --millions=1,10,50`. */
const FLAG = '--millions=';
const MILLIONS = (process.argv.find((word) => word.startsWith(FLAG))?.slice(FLAG.length) ?? '1,4')
  .split(',')
  .map(Number);

type Figures = {
  readonly millions: number;
  /** Megabytes for a million ticks, with their index, by table. */
  readonly megabytes: { readonly ticks: number; readonly minutes: number; readonly hours: number };
  /** The 95th percentile of reading 500 candles, in ms, of each interval; and that of an empty query in between. */
  readonly reads: ReadonlyMap<Interval, number>;
  readonly idleMs: number;
  readonly refreshMs: number;
};

/**
 * Disk space, reads and the refresh of the daily view, of databases of several sizes: prices of 500 coins, polled every minute.
 * Ratios are to the smallest. An empty query on the same connection tells what the machine's other work adds to each read.
 */
export async function benchStorage(): Promise<readonly BenchResult[]> {
  const all: Figures[] = [];
  for (const millions of MILLIONS) all.push(await measure(millions));
  const [first] = all;
  if (first === undefined) return [];
  return all.flatMap(({ millions, megabytes, reads, idleMs, refreshMs }) => {
    const at = `at ${millions} M ticks`;
    const ratioTo = `at ${first.millions} M`;
    return [
      {
        name: `ticks ${at}`,
        value: megabytes.ticks,
        unit: 'MB/M',
        ratio: megabytes.ticks / first.megabytes.ticks,
        ratioTo,
      },
      {
        name: `minute candles ${at}`,
        value: megabytes.minutes,
        unit: 'MB/M',
        ratio: megabytes.minutes / first.megabytes.minutes,
        ratioTo,
      },
      {
        name: `hour candles ${at}`,
        value: megabytes.hours,
        unit: 'MB/M',
        ratio: megabytes.hours / first.megabytes.hours,
        ratioTo,
      },
      ...[...reads].map(([interval, ms]) => ({
        name: `500 candles of ${interval}, p95, ${at}`,
        value: ms,
        unit: 'ms',
        ratio: ms / (first.reads.get(interval) ?? Number.NaN),
        ratioTo,
      })),
      {
        name: `an empty query, p95, ${at}`,
        value: idleMs,
        unit: 'ms',
        ratio: idleMs / first.idleMs,
        ratioTo,
      },
      {
        name: `refresh of ohlcv_daily ${at}`,
        value: refreshMs,
        unit: 'ms',
        ratio: refreshMs / first.refreshMs,
        ratioTo,
      },
    ];
  });
}

async function measure(millions: number): Promise<Figures> {
  return withOwnDatabase(async ({ client }) => {
    const end = await fillWithPolls(client, millions);
    const times = new Map<Interval, number[]>(INTERVALS.map((interval) => [interval, []]));
    const idle: number[] = [];
    for (let read = 0; read < READS_PER_INTERVAL; read++) {
      for (const interval of INTERVALS) {
        const query = {
          coinId: `some-coin-${(read * 37) % COINS}`,
          vsCurrency: 'usd',
          interval,
          limit: 500,
          before: end,
        };
        const idleAt = performance.now();
        await client.query('select 1');
        const startedAt = performance.now();
        await readCandles(client, query);
        // The first of each warms up.
        if (read === 0) continue;
        idle.push(startedAt - idleAt);
        times.get(interval)?.push(performance.now() - startedAt);
      }
    }
    const refreshes: number[] = [];
    for (let refresh = 0; refresh < REFRESHES; refresh++) {
      const startedAt = performance.now();
      await client.query('refresh materialized view concurrently ohlcv_daily');
      refreshes.push(performance.now() - startedAt);
    }
    const megabytes = async (table: string): Promise<number> => {
      const { rows } = await client.query<{ size: number }>(
        `select (coalesce(sum(pg_total_relation_size(relid)), pg_total_relation_size('${table}')) / 1e6)::float8 as size
         from pg_partition_tree('${table}')`,
      );
      return (rows[0]?.size ?? 0) / millions;
    };
    const figures: Figures = {
      millions,
      megabytes: {
        ticks: await megabytes('series_ticks'),
        minutes: await megabytes('series_candles_1m'),
        hours: await megabytes('series_candles_1h'),
      },
      reads: new Map([...times].map(([interval, own]) => [interval, percentile(own, 0.95)])),
      idleMs: percentile(idle, 0.95),
      refreshMs: median(refreshes),
    };
    return figures;
  });
}

/** Fills the tables as the writer does, by SQL. Gives the time after the last tick. */
export async function fillWithPolls(client: Client, millions: number): Promise<number> {
  const polls = (millions * 1e6) / COINS;
  const end = START + polls * POLL_SECONDS * 1_000;
  for (const month of monthsBetween(START, end)) {
    for (const table of PARTITIONED_TABLES) {
      await client.query('begin');
      await makePartition(client, table, month);
      await client.query('commit');
    }
  }
  await client.query(`
    insert into series (coin_id, vs_currency, source)
    select 'some-coin-' || coin, 'usd', 'coingecko' from generate_series(0, ${COINS - 1}) as coin`);
  await client.query(`
    insert into series_ticks (observed_at, series_id, price, volume_24h, market_cap)
    select
      timestamptz '${new Date(START).toISOString()}' + poll * interval '${POLL_SECONDS} seconds' + series.id * interval '1 ms',
      series.id, 100 + series.id + random(), 1e9 + random(), 5e10 + random()
    from generate_series(0, ${polls - 1}) as poll, series
    order by poll, series.id`);
  // In the order of time, a day at a time, as the writer does.
  for (let day = START; day < end; day += 86_400_000) {
    await client.query(
      `insert into series_candles_1m (series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h)
       select series_id, date_bin('1 minute', observed_at, 'epoch'), price, observed_at, price, price, price, observed_at, 1, volume_24h
       from series_ticks where observed_at >= $1 and observed_at < $2
       order by date_bin('10 minutes', observed_at, 'epoch'), series_id, observed_at`,
      [new Date(day).toISOString(), new Date(day + 86_400_000).toISOString()],
    );
  }
  for (const [table, finer, length] of [
    ['series_candles_1h', 'series_candles_1m', '1 hour'],
    ['series_candles_1d', 'series_candles_1h', '1 day'],
  ]) {
    await client.query(`
      insert into ${table} (series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h)
      select
        series_id, date_bin('${length}', bucket, 'epoch'),
        (array_agg(open order by bucket))[1], min(open_at), max(high), min(low),
        (array_agg(close order by bucket desc))[1], max(close_at), sum(tick_count), max(volume_24h)
      from ${finer}
      group by 2, 1`);
  }
  await client.query('vacuum analyze');
  return end;
}
