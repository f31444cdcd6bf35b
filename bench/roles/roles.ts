import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { loadCoins } from '../../demo/coins.ts';
import { startDemoServer } from '../../demo/server.ts';
import { encodeBatch } from '../../electron/monitor/log/record-codec.ts';
import type { LogBatch } from '../../electron/monitor/log/tick-log.ts';
import { scaledClock, systemClock } from '../../electron/monitor/time/clock.ts';
import { buildIfNeeded } from '../../scripts/build-if-needed.ts';
import { type KafkaCluster, kafkaIsMissing, startKafka } from '../../tests/counterparts/kafka.ts';
import { type OwnPostgres, startOwnPostgres } from '../../tests/integration/own-postgres.ts';
import { environmentFor, until } from '../../tests/program.ts';
import { type BenchResult, percentile } from '../result.ts';
import { openInstallation } from './installation.ts';
import { createPassages } from './passages.ts';
import { alertBatches, coinsOf, LEVEL, LEVEL_RULE, pollBatches, tradeBatches } from './role-tape.ts';
import { type RunningRole, startRole } from './running-role.ts';

/** `BENCH_ROLES_TICKS=2000000` for a longer run. */
const TICKS = Number(process.env.BENCH_ROLES_TICKS ?? 400_000);
const ALERTS = 10_000;
const COINS = coinsOf(120);
/** Ticks in an append of the feed: of a busy one, and of one with 20 ms at 2,000 ticks a second. */
const BUSY = 500;
const BRIEF = 40;
const PER_SECOND = 2_000;
const LATENCY_SECONDS = 30;
const WARM_UP_SECONDS = 10;
/** At this speed, a cooldown of a minute is over in half a second. */
const SPEED = 120;
const STEP_MS = 5;
/** Trades are compared with prices of CoinGecko that are at most an hour old: half a minute at this speed. */
const QUOTE_EVERY_MS = 5_000;
/** Long, because each scrape takes CPU time of the process that is measured. */
const SCRAPE_EVERY_MS = 500;
const PROCESSES = [1, 2, 4];

/**
 * The cost of each role, in processes of the built program on an Apache Kafka of one broker: ticks (for `deliver`: alerts) per second
 * of CPU time; bytes of a tick in Kafka and in PostgreSQL; the time from a trade of an exchange to its alert in the topic at 2,000
 * trades a second; and the role `alert` in one, two and four processes.
 */
export async function benchRoles(): Promise<readonly BenchResult[]> {
  if (kafkaIsMissing !== null) {
    process.stderr.write(`The benchmark "roles" is skipped: ${kafkaIsMissing}.\n`);
    return [];
  }
  buildIfNeeded();
  const folder = mkdtempSync(join(tmpdir(), 'bench-roles-'));
  const kafka = await startKafka({ brokers: 1 });
  try {
    const results: BenchResult[] = [];
    for (const name of PARTS) {
      const measure = MEASURES[name];
      if (measure === undefined) throw new Error(`BENCH_ROLES_PARTS: there is no part "${name}".`);
      const found = await measure(kafka, folder);
      // Printed at once, because each part takes minutes.
      for (const { name, value, unit } of found)
        process.stderr.write(`${name}: ${value.toPrecision(3)} ${unit}\n`);
      results.push(...found);
    }
    return results;
  } finally {
    await kafka.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** In the order in which they are run. */
const MEASURES: Readonly<
  Record<string, (kafka: KafkaCluster, folder: string) => Promise<readonly BenchResult[]>>
> = {
  feed: measureFeed,
  alert: measureAlert,
  store: measureStore,
  deliver: measureDeliver,
  sizes: measureSizes,
};
/** `BENCH_ROLES_PARTS=feed,store` runs only these. */
const PARTS = process.env.BENCH_ROLES_PARTS?.split(',') ?? Object.keys(MEASURES);

const perCpuSecond = (name: string, unit: string, count: number, cpuMs: number): BenchResult => ({
  name: `roles: ${name}`,
  value: (count * 1_000) / cpuMs,
  unit: `${unit}/s of CPU`,
  ratio: (count * 1_000) / cpuMs / PER_SECOND,
  ratioTo: `${PER_SECOND.toLocaleString('en-US')} a second`,
});

async function measureSizes(kafka: KafkaCluster): Promise<readonly BenchResult[]> {
  const tapes: Readonly<Record<string, readonly LogBatch[]>> = {
    'a trade, 500 together': tradeBatches(COINS, TICKS, BUSY),
    'a trade, 40 together': tradeBatches(COINS, TICKS / 10, BRIEF),
    'a polled price of 500 coins': pollBatches(coinsOf(500), TICKS / 2),
  };
  const results: BenchResult[] = [];
  for (const [index, [name, batches]] of Object.entries(tapes).entries()) {
    const installation = await openInstallation(kafka, `size-${index}`);
    await installation.fill('ticks', batches);
    const ticks = batches.reduce((sum, batch) => sum + batch.ticks.length, 0);
    const json = batches.reduce((sum, batch) => sum + encodeBatch(batch).length, 0);
    const bytes = installation.bytesOf('ticks');
    await installation.close();
    results.push({
      name: `roles: ${name}, in Kafka`,
      value: bytes / ticks,
      unit: 'bytes',
      ratio: bytes / json,
      ratioTo: 'its JSON',
    });
  }
  return results;
}

/** Measures from the first append until the alerts of the last ticks are in the topic. */
async function measureAlert(kafka: KafkaCluster, folder: string): Promise<readonly BenchResult[]> {
  const batches = tradeBatches(COINS, TICKS, BUSY);
  const results: BenchResult[] = [];
  let single = Number.NaN;
  for (const count of PROCESSES) {
    const installation = await openInstallation(kafka, `alert-${count}`);
    const waiting = new Set(COINS);
    const tail = installation.follow('alerts', ({ alerts }) => {
      for (const { coinId } of alerts) waiting.delete(coinId);
    });
    const workers: RunningRole[] = [];
    try {
      for (let index = 0; index < count; index++)
        workers.push(
          await startRole(folder, `alert-${count}-${index}`, {
            ...installation.env,
            MONITOR_RULES: JSON.stringify([LEVEL_RULE]),
          }),
        );
      await untilSum(workers, 'cpm_consumer_member', count);
      const cpu = await cpuOf(workers);
      const startedAt = performance.now();
      await installation.fill('ticks', batches);
      await until(() => waiting.size === 0);
      const seconds = (performance.now() - startedAt) / 1_000;
      const used = (await cpuOf(workers)) - cpu;
      if (count === 1) single = TICKS / seconds;
      const name = count === 1 ? 'alert' : `alert, ${count} processes`;
      results.push(perCpuSecond(name, 'ticks', TICKS, used), {
        name: `roles: ${name}, beside the producer`,
        value: TICKS / seconds,
        unit: 'ticks/s',
        ratio: TICKS / seconds / single,
        ratioTo: 'one process',
      });
    } finally {
      await tail.close();
      for (const worker of workers) await worker.end();
      await installation.close();
    }
  }
  return results;
}

async function measureStore(kafka: KafkaCluster, folder: string): Promise<readonly BenchResult[]> {
  const installation = await openInstallation(kafka, 'store');
  const postgres = await startOwnPostgres();
  try {
    const batches = tradeBatches(COINS, TICKS, BUSY);
    const store = await startRole(folder, 'store-0', {
      ...installation.env,
      DATABASE_URL: postgres.adminUrl,
    });
    const cpu = await store.cpuMs();
    await installation.fill('ticks', batches);
    await untilSum([store], 'cpm_consumed_ticks_total', TICKS);
    const node = (await store.cpuMs()) - cpu;
    const bytes = await bytesPerTick(postgres);
    await store.end();
    return [
      perCpuSecond('store', 'ticks', TICKS, node),
      {
        name: 'roles: a trade in PostgreSQL, with its index',
        value: bytes,
        unit: 'bytes',
        ratio: bytes / 95,
        ratioTo: '95 bytes',
      },
    ];
  } finally {
    await postgres.close();
    await installation.close();
  }
}

async function measureDeliver(kafka: KafkaCluster, folder: string): Promise<readonly BenchResult[]> {
  const installation = await openInstallation(kafka, 'deliver');
  try {
    const batches = alertBatches(COINS, ALERTS);
    const alerts = batches.reduce((sum, batch) => sum + batch.alerts.length, 0);
    const deliver = await startRole(folder, 'deliver-0', installation.env);
    const cpu = await deliver.cpuMs();
    await installation.fill('alerts', batches);
    await untilSum([deliver], 'cpm_deliveries_total', alerts);
    const used = (await deliver.cpuMs()) - cpu;
    await deliver.end();
    return [perCpuSecond('deliver, to alerts.txt', 'alerts', alerts, used)];
  } finally {
    await installation.close();
  }
}

/** Sends trades of a simulated exchange through `feed` and `alert`. Every coin crosses a level once a second. */
async function measureFeed(kafka: KafkaCluster, folder: string): Promise<readonly BenchResult[]> {
  const installation = await openInstallation(kafka, 'feed');
  const origin = Date.now();
  const coins = loadCoins(100).map(({ id }) => id);
  const market = await startDemoServer({
    clock: scaledClock(SPEED, origin),
    seed: 'roles',
    coins: loadCoins(coins.length),
  });
  let quotedAt = Number.NEGATIVE_INFINITY;
  const quote = (): void => {
    if (performance.now() - quotedAt < QUOTE_EVERY_MS) return;
    quotedAt = performance.now();
    for (const coinId of coins) market.setPrice(coinId, { price: LEVEL - 30 });
  };
  quote();
  const env = (name: string) => ({
    ...environmentFor(
      join(folder, name),
      market.url,
      { speed: SPEED, origin, pollSeconds: 600 },
      market.exchangeUrl,
    ),
    ...installation.env,
    MONITOR_COINS: coins.join(','),
    MONITOR_RULES: JSON.stringify([LEVEL_RULE]),
  });
  const roles = [
    await startRole(folder, 'feed-0', env('feed-0')),
    await startRole(folder, 'alert-0', env('alert-0')),
  ] as const;
  const passages = createPassages((at) => origin + (at - origin) / SPEED);
  let isWarm = false;
  const tails = [
    installation.follow('ticks', passages.onTicks),
    installation.follow('alerts', (record) => passages.onAlerts(record, isWarm)),
  ];
  try {
    const [feed] = roles;
    await until(async () => {
      quote();
      for (const coinId of coins) market.exchange.trade(coinId, LEVEL - 30);
      return ((await feed.scrape()).sum('cpm_ticks_total', { source: 'kraken' }) ?? 0) > coins.length * 2;
    });
    const perCoin = PER_SECOND / coins.length;
    const isAbove = new Map<string, boolean>();
    let [made, ticks, cpu] = [0, 0, 0];
    const startedAt = performance.now();
    while (made < (WARM_UP_SECONDS + LATENCY_SECONDS) * PER_SECOND) {
      if (!isWarm && made >= WARM_UP_SECONDS * PER_SECOND) {
        isWarm = true;
        [ticks, cpu] = [await sumOf([feed], 'cpm_ticks_total'), await feed.cpuMs()];
      }
      for (const due = ((performance.now() - startedAt) / 1_000) * PER_SECOND; made < due; made++) {
        const index = made % coins.length;
        const coinId = coins[index] ?? '';
        if (Math.floor(made / coins.length) % perCoin === index % perCoin) {
          isAbove.set(coinId, !isAbove.get(coinId));
          passages.onSent(coinId, isAbove.get(coinId) === true);
        }
        market.exchange.trade(coinId, LEVEL + (isAbove.get(coinId) ? 30 : -30) + (made % 7) / 10);
      }
      quote();
      await systemClock.sleep(STEP_MS);
    }
    const sent = (await sumOf([feed], 'cpm_ticks_total')) - ticks;
    const used = (await feed.cpuMs()) - cpu;
    return [
      perCpuSecond('feed', 'ticks', sent, used),
      ...Object.entries(passages.times).flatMap(([name, times]) =>
        [0.5, 0.99].map((share) => ({
          name: `roles: ${name}, p${share * 100}`,
          value: percentile(times, share),
          unit: 'ms',
          ratio: percentile(times, share) / 100,
          ratioTo: `100 ms, ${times.length} alerts`,
        })),
      ),
    ];
  } finally {
    for (const tail of tails) await tail.close();
    for (const role of roles) await role.end();
    await market.close();
    await installation.close();
  }
}

/** Waits until a metric, summed over the processes, has a value. */
async function untilSum(roles: readonly RunningRole[], metric: string, wanted: number): Promise<void> {
  while ((await sumOf(roles, metric)) < wanted) await systemClock.sleep(SCRAPE_EVERY_MS);
}

async function sumOf(roles: readonly RunningRole[], metric: string): Promise<number> {
  const all = await Promise.all(roles.map((role) => role.scrape()));
  return all.reduce((sum, scraped) => sum + (scraped.sum(metric) ?? 0), 0);
}

async function cpuOf(roles: readonly RunningRole[]): Promise<number> {
  const all = await Promise.all(roles.map((role) => role.cpuMs()));
  return all.reduce((sum, one) => sum + one, 0);
}

async function bytesPerTick(postgres: OwnPostgres): Promise<number> {
  const client = new Client(postgres.adminUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ bytes: number }>(`
      select (select sum(pg_total_relation_size(relid)) from pg_partition_tree('series_ticks'))::float8
        / (select count(*) from series_ticks) as bytes`);
    return rows[0]?.bytes ?? Number.NaN;
  } finally {
    await client.end();
  }
}
