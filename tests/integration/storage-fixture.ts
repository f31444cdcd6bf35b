import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Client, QueryResultRow } from 'pg';
import { openStorage, type Storage } from '../../electron/monitor/log-and-store-fixture.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { embeddedConnectionUrl } from '../../electron/monitor/store/postgres/embedded-url.ts';
import { type Clock, systemClock } from '../../electron/monitor/time/clock.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertOf } from '../../shared/domain/alert-fixture.ts';
import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import type { DatabaseState } from '../../shared/domain/database-state.ts';
import { bucketStart, type Interval, intervalLengthMs } from '../../shared/domain/interval.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { DEFAULT_RETENTION, type Retention } from '../../shared/settings/retention.ts';
import { copyCluster } from '../cluster-template.ts';
import { databaseClient } from '../database-client.ts';
import { textOf } from '../text-of.ts';

/** A storage under test whose reports can be awaited. */
export type TestStorage = Storage & {
  /** Resolves when the condition holds; it is checked whenever the storage reports a change. */
  until(condition: () => boolean): Promise<void>;
  untilReady(): Promise<void>;
  /** Resolves with the error of the first outage of the database, even if it is over. */
  untilDown(): Promise<string>;
  /** Resolves when everything accepted is in the database or a dead letter. */
  untilWritten(): Promise<void>;
};

/** Data folders that get a cluster when their storage is first opened. */
const withCluster = new Set<string>();

/** By data folder, the databases on the server of `TEST_DATABASE_URL` that replace the embedded ones. */
const databaseOf = new Map<string, string>();

/** The open storages of each data folder, which `withDataDir` stops if a failed test has not. */
const openIn = new Map<string, Set<Storage>>();

export function openTestStorage(
  dataDir: string,
  databaseUrl = '',
  clock: Clock = systemClock,
  retention: Retention = DEFAULT_RETENTION,
  env: Readonly<Record<string, string>> = {},
): TestStorage {
  if (databaseUrl === '' && !databaseOf.has(dataDir) && withCluster.delete(dataDir)) copyCluster(dataDir);
  let changed = Promise.withResolvers<void>();
  let downError: string | undefined;
  const storage = openStorage({
    dataDir,
    databaseUrl: databaseUrl || databaseOf.get(dataDir) || '',
    clock,
    retention,
    env,
    log: silentLog,
    onChange(state) {
      if (state.status === 'down') downError ??= textOf(state.error);
      changed.resolve();
      changed = Promise.withResolvers();
    },
  });
  storage.start();
  const siblings = openIn.get(dataDir) ?? new Set();
  openIn.set(dataDir, siblings.add(storage));
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await changed.promise;
  };
  const untilReady = (): Promise<void> => until(() => storage.databaseState().status === 'ready');
  return {
    ...storage,
    async stop(timeoutMs) {
      siblings.delete(storage);
      await storage.stop(timeoutMs);
    },
    until,
    untilReady,
    async untilDown() {
      await until(() => downError !== undefined);
      return downError ?? '';
    },
    async untilWritten() {
      await untilReady();
      await storage.flush(60_000);
      await until(() => storage.queueState().waitingTicks === 0);
    },
  };
}

export function errorOf(state: DatabaseState): string {
  return 'error' in state ? textOf(state.error) : '';
}

/** Runs with a new data folder, which is removed afterwards. Its embedded server has a newly created cluster. */
export async function withDataDir(work: (dataDir: string) => Promise<void>): Promise<void> {
  await withEmptyDataDir(async (dataDir) => {
    const server = process.env.TEST_DATABASE_URL;
    if (server) await withOwnDatabase(server, dataDir, work);
    else {
      withCluster.add(dataDir);
      await work(dataDir);
      withCluster.delete(dataDir);
    }
  });
}

async function withOwnDatabase(
  server: string,
  dataDir: string,
  work: (dataDir: string) => Promise<void>,
): Promise<void> {
  const name = basename(dataDir).toLowerCase();
  await queryUrl(server, `create database "${name}"`);
  databaseOf.set(dataDir, server.replace('/postgres?', `/${name}?`));
  await work(dataDir);
  databaseOf.delete(dataDir);
}

/** The database that replaces the embedded one of a data folder; null if the embedded one is used. */
export function ownDatabase(dataDir: string): string | null {
  return databaseOf.get(dataDir) ?? null;
}

/** Runs with a new, empty data folder, which is removed afterwards. */
export async function withEmptyDataDir(work: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'storage-test-'));
  try {
    await work(dataDir);
  } finally {
    await Promise.all([...(openIn.get(dataDir) ?? [])].map((storage) => storage.stop(0)));
    openIn.delete(dataDir);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The URL of the database of a data folder, whose server must be running. */
export async function databaseUrlOf(dataDir: string): Promise<string> {
  return ownDatabase(dataDir) ?? embeddedConnectionUrl(dataDir);
}

/** Queries the database of a data folder with the URL that users get. */
export async function queryEmbedded<R extends QueryResultRow>(dataDir: string, sql: string): Promise<R[]> {
  return queryUrl<R>(await databaseUrlOf(dataDir), sql);
}

export function queryUrl<R extends QueryResultRow>(url: string, sql: string): Promise<R[]> {
  return withClient(url, async (client) => (await client.query<R>(sql)).rows);
}

/** Creates an empty database on the same server; returns its URL. */
export async function createDatabaseBeside(url: string, name: string): Promise<string> {
  await queryUrl(url, `create database ${name}`);
  // Replaced as text, because `URL` does not accept a URL of a Unix socket, which has no host.
  return url.replace(/\/[^/?]*(?=\?|$)/, `/${name}`);
}

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = databaseClient(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export function tick(fields: Partial<Tick> & Pick<Tick, 'observedAt'>): Tick {
  return {
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    price: 100,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
    source: 'coingecko',
    ...fields,
  };
}

export const alert = (fields: Partial<Alert> & Pick<Alert, 'id' | 'observedAt'>): Alert =>
  alertOf({ price: 103, figures: { average: 100, changePct: 3 }, ...fields });

/**
 * The candles of one series by definition: ticks filtered, sorted by time, with the prices of the first and last, and the sum of amounts.
 * If there are trades, which have an amount, only their prices count; in candles of several hours, this is decided for each hour.
 */
export function candlesByDefinition(
  ticks: readonly Tick[],
  interval: Interval,
  volumeKind: VolumeKind = 'rolling-24h',
): Candle[] {
  const buckets = Map.groupBy(ticks, ({ observedAt }) => bucketStart(observedAt, interval));
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([start, group]) => {
      const distinct = [...new Map(group.map((each) => [each.observedAt, each])).values()];
      const byTime = distinct.sort((a, b) => a.observedAt - b.observedAt);
      const counting = pricedTicks(byTime, interval);
      const prices = counting.map(({ price }) => price);
      return {
        start,
        open: prices.at(0) ?? Number.NaN,
        high: Math.max(...prices),
        low: Math.min(...prices),
        close: prices.at(-1) ?? Number.NaN,
        volume: volumeKind === 'traded' ? sumOfAmounts(byTime) : (counting.at(-1)?.volume24h ?? null),
        tickCount: byTime.length,
      };
    });
}

/** Those ticks of one source and bucket that determine the prices of its candle, in the same order. */
export function pricedTicks(ticks: readonly Tick[], interval: Interval): readonly Tick[] {
  const isCoarse = intervalLengthMs(interval) % intervalLengthMs('1h') === 0;
  const parts = Map.groupBy(ticks, ({ observedAt }) => bucketStart(observedAt, isCoarse ? '1h' : interval));
  return [...parts.values()].flatMap((part) => {
    const trades = part.filter(({ amount }) => amount !== null);
    return trades.length > 0 ? trades : part;
  });
}

/** The traded volume of these ticks; null if none has an amount. */
export function sumOfAmounts(ticks: readonly Tick[]): number | null {
  const amounts = ticks.flatMap(({ amount }) => (amount === null ? [] : [amount]));
  return amounts.length === 0 ? null : amounts.reduce((sum, amount) => sum + amount);
}

/** The traded volume according to each table. */
export async function sumsOfTraded(url: string, where: string): Promise<Record<string, number>> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<Record<string, number>>(`
      select (select sum(amount) from ticks where ${where}) as ticks,
             (select sum(traded) from candles_1m where ${where}) as minutes,
             (select sum(traded) from candles_1h where ${where}) as hours,
             (select sum(traded) from ohlcv_daily where ${where}) as days`);
    return rows[0] ?? {};
  });
}
