import type { Client } from 'pg';
import { readCandles } from '../electron/monitor/store/reads/read-candles.ts';
import { INTERVALS, type Interval } from '../shared/domain/interval.ts';
import {
  COINS,
  endOfPolls,
  fillHistory,
  fillImportedMinutes,
  fillOlderCandles,
  fillWithPolls,
} from './fill-database.ts';
import { withOwnDatabase } from './own-database.ts';
import { processorMsOf } from './processes.ts';
import { type BenchResult, percentile } from './result.ts';

const LIMIT = 500;
const READS_PER_INTERVAL = 60;
const READS_OF_DAYS = 20;
/** Every eighth coin is read, and the neighbour of some of them, for which a provider has history. */
const READ_COINS = Array.from({ length: READS_PER_INTERVAL }, (_, read) => `some-coin-${read * 8}`);
const HISTORY_COINS = Array.from({ length: 10 }, (_, read) => `some-coin-${read * 8 + 1}`);
const IMPORTED_COIN = 'imported-coin';
const IMPORTED_DAYS = 510;
/** Coins by where their candles come from. */
const GROUPS = {
  [`${LIMIT} candles`]: READ_COINS,
  [`${LIMIT} candles, some of a provider,`]: HISTORY_COINS,
  [`${LIMIT} candles, of imported minutes,`]: [IMPORTED_COIN],
} as const;
/**
 * The time at which the charts of a group end, in a database whose last tick is before `end`. Charts that contain candles of a provider
 * end with the ticks of the smallest database, because the number of such candles depends on the time since the first tick, not on the size.
 */
const endOf = (coinIds: readonly string[], end: number): number =>
  coinIds === HISTORY_COINS ? endOfPolls(Math.min(...MILLIONS)) : end;
/** Sizes in millions of ticks: `npm run bench -- sizes --millions=1,10,50`. */
const FLAG = '--millions=';
const MILLIONS = (process.argv.find((word) => word.startsWith(FLAG))?.slice(FLAG.length) ?? '1,4')
  .split(',')
  .map(Number);
/** Prints the plan of every statement of a read. */
const IS_EXPLAINED = process.argv.includes('--explain');
/** Upper limits of the figures, whatever the size. */
const MAX_READ_MS = 10;
const MAX_TICKS_MB = 105;

type Figures = {
  readonly millions: number;
  /** Megabytes for a million ticks, with their index, by table. */
  readonly megabytes: { readonly ticks: number; readonly minutes: number; readonly hours: number };
  /** The 95th percentile of reading candles, by group of coins. */
  readonly reads: Readonly<Record<string, ReadonlyMap<Interval, Cost>>>;
  readonly idle: Cost;
  /** The 95th percentile of queries on `ohlcv_daily`, by what they select. */
  readonly days: Readonly<Record<string, Cost>>;
};

/** Milliseconds of elapsed time, and of processor time of Node and the server's process; NaN if the system does not report it. */
type Cost = { readonly wall: number; readonly processor: number };

/**
 * Disk space, reads of candles, and queries on `ohlcv_daily`, in databases of several sizes: prices of 500 coins, polled every minute.
 * Ratios are to the smallest. An empty query on the same connection shows how much other work of the machine adds to the elapsed time
 * of each read; processor time is that of the read itself.
 */
export async function benchStorage(): Promise<readonly BenchResult[]> {
  const all: Figures[] = [];
  for (const millions of MILLIONS) all.push(await measure(millions));
  const [first] = all;
  return first === undefined ? [] : all.flatMap((figures) => resultsOf(figures, first));
}

function resultsOf(figures: Figures, first: Figures): readonly BenchResult[] {
  const { millions, megabytes, reads, idle, days } = figures;
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
  const readsOf = (group: string, own: ReadonlyMap<Interval, Cost>): BenchResult[] =>
    [...own].flatMap(([interval, cost]) =>
      COSTS.filter(({ of }) => !Number.isNaN(cost[of])).flatMap(({ of, label }) => {
        const name = `${group} of ${interval}, ${label},`;
        const ofFirst = first.reads[group]?.get(interval)?.[of] ?? Number.NaN;
        return [
          within(name, cost[of], MAX_READ_MS, 'ms'),
          ...(figures === first ? [] : [beside(name, cost[of], ofFirst, 'ms')]),
        ];
      }),
    );
  return [
    within('ticks', megabytes.ticks, MAX_TICKS_MB, 'MB/M'),
    beside('minute candles', megabytes.minutes, first.megabytes.minutes, 'MB/M'),
    beside('hour candles', megabytes.hours, first.megabytes.hours, 'MB/M'),
    ...Object.entries(reads).flatMap(([group, own]) => readsOf(group, own)),
    ...COSTS.flatMap(({ of, label }) => [
      beside(`an empty query, ${label},`, idle[of], first.idle[of], 'ms'),
      ...Object.entries(days).map(([asked, cost]) =>
        beside(`ohlcv_daily, ${asked}, ${label},`, cost[of], first.days[asked]?.[of] ?? Number.NaN, 'ms'),
      ),
    ]),
  ];
}

const COSTS = [
  { of: 'wall', label: 'p95' },
  { of: 'processor', label: 'p95 of processor time' },
] as const;

async function measure(millions: number): Promise<Figures> {
  return withOwnDatabase(async ({ client }) => {
    const end = await fillWithPolls(client, millions);
    const megabytes = {
      ticks: (await readMegabytes(client, 'series_ticks')) / millions,
      minutes: (await readMegabytes(client, 'series_candles_1m')) / millions,
      hours: (await readMegabytes(client, 'series_candles_1h')) / millions,
    };
    const days: Record<string, Cost> = {
      'a day of all coins': await measureDays(client, COINS, () => [
        'select coin_id, close from ohlcv_daily where day = $1',
        [dayBefore(end)],
      ]),
    };
    await fillOlderCandles(client, READ_COINS);
    days['30 days of a coin'] = await measureDays(client, 30, (read) => [
      `select day, close from ohlcv_daily where coin_id = $1 and vs_currency = 'usd' and day > $2::date - 30 order by day`,
      [READ_COINS[read], dayBefore(end)],
    ]);
    await fillHistory(client, HISTORY_COINS);
    await fillImportedMinutes(client, IMPORTED_COIN, IMPORTED_DAYS);
    if (IS_EXPLAINED) await explain(client, millions, end);
    const idle: Cost[] = [];
    const reads: Record<string, ReadonlyMap<Interval, Cost>> = {};
    for (const [group, coinIds] of Object.entries(GROUPS))
      reads[group] = await measureReads(client, coinIds, endOf(coinIds, end), idle);
    return { millions, megabytes, reads, idle: percentileOf(idle), days };
  });
}

async function measureReads(
  client: Client,
  coinIds: readonly string[],
  before: number,
  idle: Cost[],
): Promise<ReadonlyMap<Interval, Cost>> {
  const costs = new Map<Interval, Cost[]>(INTERVALS.map((interval) => [interval, []]));
  const costOf = await costMeter(client);
  for (let read = 0; read < READS_PER_INTERVAL; read++) {
    const coinId = coinIds[read % coinIds.length] ?? '';
    for (const interval of INTERVALS) {
      const query = { coinId, vsCurrency: 'usd', interval, limit: LIMIT, before };
      const empty = await costOf(() => client.query('select 1'));
      const cost = await costOf(async () => {
        const { candles } = await readCandles(client, query);
        if (coinIds === READ_COINS && candles.length !== LIMIT)
          throw new Error(`There are ${candles.length} candles of ${interval}.`);
      });
      // The first read of each interval warms up.
      if (read === 0) continue;
      idle.push(empty);
      costs.get(interval)?.push(cost);
    }
  }
  return new Map([...costs].map(([interval, own]) => [interval, percentileOf(own)]));
}

/** Measures work with one connection, in this process and in the server's process of that connection. */
async function costMeter(client: Client): Promise<(work: () => Promise<unknown>) => Promise<Cost>> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const server = (): number => processorMsOf(rows[0]?.pid ?? 0) ?? Number.NaN;
  return async (work) => {
    const [serverBefore, nodeBefore, startedAt] = [server(), process.cpuUsage(), performance.now()];
    await work();
    const [wall, { user, system }] = [performance.now() - startedAt, process.cpuUsage(nodeBefore)];
    return { wall, processor: server() - serverBefore + (user + system) / 1_000 };
  };
}

function percentileOf(costs: readonly Cost[]): Cost {
  return {
    wall: percentile(
      costs.map(({ wall }) => wall),
      0.95,
    ),
    processor: percentile(
      costs.map(({ processor }) => processor),
      0.95,
    ),
  };
}

/** Measures a query on `ohlcv_daily`; fails unless it returns this many rows. */
async function measureDays(
  client: Client,
  rowCount: number,
  queryOf: (read: number) => readonly [sql: string, values: unknown[]],
): Promise<Cost> {
  const costs: Cost[] = [];
  const costOf = await costMeter(client);
  for (let read = 0; read <= READS_OF_DAYS; read++) {
    const cost = await costOf(async () => {
      const { rows } = await client.query(...queryOf(read));
      if (rows.length !== rowCount) throw new Error(`There are ${rows.length} days instead of ${rowCount}.`);
    });
    // The first read warms up.
    if (read > 0) costs.push(cost);
  }
  return percentileOf(costs);
}

/** The UTC day of the last millisecond before a time. */
function dayBefore(time: number): string {
  return new Date(time - 1).toISOString().slice(0, 10);
}

async function readMegabytes(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ size: number }>(
    `select (coalesce(sum(pg_total_relation_size(relid)), pg_total_relation_size('${table}')) / 1e6)::float8 as size
     from pg_partition_tree('${table}')`,
  );
  return rows[0]?.size ?? Number.NaN;
}

/** Prints, to stderr, the plans of a read of one coin of each group in each interval. */
async function explain(client: Client, millions: number, end: number): Promise<void> {
  for (const coinIds of Object.values(GROUPS)) {
    const [first = '', coinId = first] = coinIds;
    const before = endOf(coinIds, end);
    for (const interval of INTERVALS) {
      process.stderr.write(`\n## ${millions} M ticks, ${interval} of ${coinId}\n`);
      const explained = explaining(client, (plan) => process.stderr.write(`${plan}\n\n`));
      await readCandles(explained, { coinId, vsCurrency: 'usd', interval, limit: LIMIT, before });
    }
  }
}

/** A client that runs EXPLAIN for every statement before the statement. */
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
