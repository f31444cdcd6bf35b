import type { Client } from 'pg';
import { readCandles } from '../electron/monitor/store/reads/read-candles.ts';
import { INTERVALS, type Interval } from '../shared/domain/interval.ts';
import { fillHistory, fillOlderCandles, fillWithPolls } from './fill-database.ts';
import { withOwnDatabase } from './own-database.ts';
import { type BenchResult, median, percentile } from './result.ts';

const LIMIT = 500;
const READS_PER_INTERVAL = 60;
const REFRESHES = 5;
/** Of the coins that are read, every eighth of all, and their neighbours, of which a provider has history. */
const READ_COINS = Array.from({ length: READS_PER_INTERVAL }, (_, read) => `some-coin-${read * 8}`);
const HISTORY_COINS = Array.from({ length: 10 }, (_, read) => `some-coin-${read * 8 + 1}`);
/** As `npm run bench -- sizes --millions=1,10,50`. */
const FLAG = '--millions=';
const MILLIONS = (process.argv.find((word) => word.startsWith(FLAG))?.slice(FLAG.length) ?? '1,4')
  .split(',')
  .map(Number);
/** Prints the plan of every statement that a read takes. */
const IS_EXPLAINED = process.argv.includes('--explain');
/** What the figures are to be at most, whatever the size. */
const MOST_READ_MS = 10;
const MOST_TICKS_MB = 105;

type Figures = {
  readonly millions: number;
  /** Megabytes for a million ticks, with their index, by table. */
  readonly megabytes: { readonly ticks: number; readonly minutes: number; readonly hours: number };
  /** The 95th percentile of reading 500 candles, in ms, of each interval; and that of an empty query in between. */
  readonly reads: ReadonlyMap<Interval, number>;
  /** The same of coins that a provider has history of. */
  readonly filledReads: ReadonlyMap<Interval, number>;
  readonly idleMs: number;
  readonly refreshMs: number;
};

/**
 * Disk space, reads and the refresh of the daily view, of databases of several sizes: prices of 500 coins, polled every minute.
 * Ratios are to the smallest. An empty query on the same connection shows what the machine's other work adds to each read.
 */
export async function benchStorage(): Promise<readonly BenchResult[]> {
  const all: Figures[] = [];
  for (const millions of MILLIONS) all.push(await measure(millions));
  const [first] = all;
  return first === undefined ? [] : all.flatMap((figures) => resultsOf(figures, first));
}

function resultsOf(figures: Figures, first: Figures): readonly BenchResult[] {
  const { millions, megabytes, reads, filledReads, idleMs, refreshMs } = figures;
  const at = `at ${millions} M ticks`;
  const beside = (name: string, value: number, ofFirst: number, unit: string): BenchResult => ({
    name: `${name} ${at}`,
    value,
    unit,
    ratio: value / ofFirst,
    ratioTo: `at ${first.millions} M`,
  });
  const within = (name: string, value: number, most: number, unit: string): BenchResult => ({
    name: `${name} ${at}`,
    value,
    unit,
    ratio: value / most,
    ratioTo: `${most} ${unit}`,
  });
  const readsOf = (name: string, own: Figures['reads'], ofFirst: Figures['reads']): BenchResult[] =>
    [...own].flatMap(([interval, ms]) => [
      within(`${name} of ${interval}, p95,`, ms, MOST_READ_MS, 'ms'),
      ...(figures === first
        ? []
        : [beside(`${name} of ${interval}, p95,`, ms, ofFirst.get(interval) ?? Number.NaN, 'ms')]),
    ]);
  return [
    within('ticks', megabytes.ticks, MOST_TICKS_MB, 'MB/M'),
    beside('minute candles', megabytes.minutes, first.megabytes.minutes, 'MB/M'),
    beside('hour candles', megabytes.hours, first.megabytes.hours, 'MB/M'),
    ...readsOf(`${LIMIT} candles`, reads, first.reads),
    ...readsOf(`${LIMIT} candles, some of a provider,`, filledReads, first.filledReads),
    beside('an empty query, p95,', idleMs, first.idleMs, 'ms'),
    beside('refresh of ohlcv_daily', refreshMs, first.refreshMs, 'ms'),
  ];
}

async function measure(millions: number): Promise<Figures> {
  return withOwnDatabase(async ({ client }) => {
    const end = await fillWithPolls(client, millions);
    const megabytes = {
      ticks: (await readMegabytes(client, 'series_ticks')) / millions,
      minutes: (await readMegabytes(client, 'series_candles_1m')) / millions,
      hours: (await readMegabytes(client, 'series_candles_1h')) / millions,
    };
    const refreshMs = await measureRefresh(client);
    await fillOlderCandles(client, READ_COINS);
    await fillHistory(client, HISTORY_COINS);
    if (IS_EXPLAINED) await explain(client, millions, end);
    const { times, idle } = await measureReads(client, READ_COINS, end);
    const filled = await measureReads(client, HISTORY_COINS, end);
    return {
      millions,
      megabytes,
      reads: percentiles(times),
      filledReads: percentiles(filled.times),
      idleMs: percentile([...idle, ...filled.idle], 0.95),
      refreshMs,
    };
  });
}

type Times = ReadonlyMap<Interval, number[]>;

async function measureReads(
  client: Client,
  coinIds: readonly string[],
  before: number,
): Promise<{ readonly times: Times; readonly idle: readonly number[] }> {
  const times: Times = new Map(INTERVALS.map((interval) => [interval, []]));
  const idle: number[] = [];
  for (let read = 0; read < READS_PER_INTERVAL; read++) {
    const coinId = coinIds[read % coinIds.length] ?? '';
    for (const interval of INTERVALS) {
      const idleAt = performance.now();
      await client.query('select 1');
      const startedAt = performance.now();
      const { candles } = await readCandles(client, {
        coinId,
        vsCurrency: 'usd',
        interval,
        limit: LIMIT,
        before,
      });
      const endedAt = performance.now();
      if (coinIds === READ_COINS && candles.length !== LIMIT)
        throw new Error(`There are ${candles.length} candles of ${interval}.`);
      // The first of each warms up.
      if (read === 0) continue;
      idle.push(startedAt - idleAt);
      times.get(interval)?.push(endedAt - startedAt);
    }
  }
  return { times, idle };
}

function percentiles(times: Times): Figures['reads'] {
  return new Map([...times].map(([interval, own]) => [interval, percentile(own, 0.95)]));
}

async function measureRefresh(client: Client): Promise<number> {
  const refreshes: number[] = [];
  for (let refresh = 0; refresh <= REFRESHES; refresh++) {
    const startedAt = performance.now();
    await client.query('refresh materialized view concurrently ohlcv_daily');
    // The first fills the view.
    if (refresh > 0) refreshes.push(performance.now() - startedAt);
  }
  return median(refreshes);
}

async function readMegabytes(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ size: number }>(
    `select (coalesce(sum(pg_total_relation_size(relid)), pg_total_relation_size('${table}')) / 1e6)::float8 as size
     from pg_partition_tree('${table}')`,
  );
  return rows[0]?.size ?? Number.NaN;
}

/** The plans of reading a measured coin and one that a provider has history of, in each interval; to stderr. */
async function explain(client: Client, millions: number, before: number): Promise<void> {
  for (const coinId of [READ_COINS[1] ?? '', HISTORY_COINS[1] ?? '']) {
    for (const interval of INTERVALS) {
      process.stderr.write(`\n## ${millions} M ticks, ${interval} of ${coinId}\n`);
      const explained = explaining(client, (plan) => process.stderr.write(`${plan}\n\n`));
      await readCandles(explained, { coinId, vsCurrency: 'usd', interval, limit: LIMIT, before });
    }
  }
}

/** A client that explains every statement before running it. */
function explaining(client: Client, onPlan: (plan: string) => void): Client {
  const query = async (text: string, values?: unknown[]): Promise<unknown> => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers) ${text}`,
      values,
    );
    onPlan(rows.map((row) => row['QUERY PLAN']).join('\n'));
    return client.query(text, values);
  };
  return new Proxy(client, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)),
  });
}
