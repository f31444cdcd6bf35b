import type { Client } from 'pg';
import type { LatestStore } from '../electron/monitor/latest/latest-store.ts';
import { createMemoryLatestStore } from '../electron/monitor/latest/memory-latest-store.ts';
import { openRedisLatestStore } from '../electron/monitor/latest/redis/redis-latest-store.ts';
import { silentLog } from '../electron/monitor/logging/logger.ts';
import { readCandles } from '../electron/monitor/store/reads/read-candles.ts';
import { readNewestTicks } from '../electron/monitor/store/reads/read-newest-ticks.ts';
import { redisIsMissing, startRedis } from '../tests/counterparts/redis.ts';
import { COINS, fillWithPolls } from './fill-database.ts';
import { withOwnDatabase } from './own-database.ts';
import { type BenchResult, median } from './result.ts';

const MILLIONS = 1;
const ROUNDS = 60;
/** Points of a sparkline. */
const RECENT = 30;
const CANDLES = 500;

type Place = 'memory' | 'Redis' | 'the database';
type Work = Readonly<Record<Place, () => Promise<unknown>>>;

/**
 * Reads of the newest quotes of 500 coins with their sparklines, and of 500 minute candles, from memory, from Redis and from a
 * database of a million ticks, alternately. Median milliseconds, with their ratio to a read from the database.
 */
export async function benchLatest(): Promise<readonly BenchResult[]> {
  if (redisIsMissing !== null) {
    process.stderr.write(`The benchmark "latest" is skipped: ${redisIsMissing}.\n`);
    return [];
  }
  const redis = await startRedis();
  try {
    return await withOwnDatabase(async ({ client }) =>
      measure(client, await fillWithPolls(client, MILLIONS), redis.url),
    );
  } finally {
    await redis.close();
  }
}

async function measure(client: Client, end: number, url: string): Promise<readonly BenchResult[]> {
  const coinIds = Array.from({ length: COINS }, (_, coin) => `some-coin-${coin}`);
  const now = (): number => end;
  const memory = createMemoryLatestStore({ now, realNow: () => 0 });
  const redis = openRedisLatestStore({
    settings: { url, authority: null, prefix: 'bench' },
    now,
    random: Math.random,
    log: silentLog,
    report: () => undefined,
    candlesKeptMs: 3_600_000,
  });
  const newest = { vsCurrency: 'usd', coinIds, minutes: RECENT };
  const quotes = (await readNewestTicks(client, newest)).map(({ tick, recent }) => ({
    coinId: tick.coinId,
    state: { tick, reference: tick, recent },
  }));
  const range = { coinId: 'some-coin-7', vsCurrency: 'usd', interval: '1m' as const, limit: CANDLES };
  const key = { ...range, lastStart: end, volumeKind: null };
  const series = await readCandles(client, { ...range, before: end });
  for (const store of [memory, redis]) {
    await store.keepQuotes('usd', quotes);
    await store.keepCandles(key, { asOf: end, series });
  }
  try {
    const read = await inTurns({
      memory: () => readQuotes(memory, coinIds),
      Redis: () => readQuotes(redis, coinIds),
      'the database': () => readNewestTicks(client, newest),
    });
    const candles = await inTurns({
      memory: () => readRange(memory, key),
      Redis: () => readRange(redis, key),
      'the database': () => readCandles(client, { ...range, before: end }),
    });
    return [...resultsOf(`${COINS} quotes`, read), ...resultsOf(`${CANDLES} candles`, candles)];
  } finally {
    await redis.close();
  }
}

/** Fails if a quote is missing, because a missing value would be fast to read. */
async function readQuotes(store: LatestStore, coinIds: readonly string[]): Promise<void> {
  const found = await store.quotes('usd', coinIds);
  if (found.size !== coinIds.length) throw new Error(`${found.size} of ${coinIds.length} quotes are there.`);
}

async function readRange(store: LatestStore, key: Parameters<LatestStore['candles']>[0]): Promise<void> {
  if ((await store.candles(key)) === null) throw new Error('The candles are not there.');
}

async function inTurns(work: Work): Promise<Readonly<Record<Place, number>>> {
  const times: Record<Place, number[]> = { memory: [], Redis: [], 'the database': [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [place, read] of Object.entries(work) as [Place, () => Promise<unknown>][]) {
      const startedAt = performance.now();
      await read();
      // The first of each warms up.
      if (round > 0) times[place].push(performance.now() - startedAt);
    }
  }
  return {
    memory: median(times.memory),
    Redis: median(times.Redis),
    'the database': median(times['the database']),
  };
}

function resultsOf(what: string, ms: Readonly<Record<Place, number>>): readonly BenchResult[] {
  return (Object.entries(ms) as [Place, number][]).map(([place, value]) => ({
    name: `latest: ${what} from ${place}`,
    value,
    unit: 'ms',
    ratio: value / ms['the database'],
    ratioTo: 'the database',
  }));
}
