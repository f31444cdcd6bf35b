import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import {
  createEmbeddedServer,
  type EmbeddedServer,
} from '../../electron/monitor/store/postgres/embedded-server.ts';
import type { EmbeddedConnection } from '../../electron/monitor/store/postgres/embedded-url.ts';
import { virtualClock } from '../../electron/monitor/time/clock.ts';
import { alert, openTestStorage, queryUrl, type TestStorage, tick, withDataDir } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

/** A PostgreSQL that is unavailable for a time of the storage's clock. */
describe('storage whose database is unavailable', () => {
  let server: EmbeddedServer;
  let connection: EmbeddedConnection;
  let removeServer: () => void;

  beforeAll(async () => {
    const made = Promise.withResolvers<void>();
    void withDataDir(async (folder) => {
      server = createEmbeddedServer(folder, silentLog, () => undefined);
      const removed = Promise.withResolvers<void>();
      removeServer = removed.resolve;
      made.resolve();
      await removed.promise;
    });
    await made.promise;
    connection = await server.start();
  });

  afterAll(async () => {
    await server.stop();
    removeServer();
  });

  it.each([
    ['0.2 s', 200],
    ['8 s', 8_000],
    ['5 min', 5 * MINUTE_MS],
  ])('for %s, at the start and again later, writes everything when it is available again', (name, awayMs) =>
    withDataDir(async (dataDir) => {
      const url = await freshDatabase(`away_${awayMs}`);
      const clock = virtualClock(START);
      await server.stop();
      const storage = openTestStorage(dataDir, url, clock);
      const stop = new AbortController();
      let accepted = 0;
      const acceptSome = async (): Promise<void> => {
        for (let count = 0; count < 5; count++) await storage.accept(fetchOf(accepted++));
      };
      /** Advances the time, with all failing connection attempts in it. */
      const stayAway = async (): Promise<void> => {
        const back = clock.now() + awayMs;
        await storage.until(() => storage.databaseState().status === 'down');
        for (let retryAt = retryOf(storage); retryAt < back; retryAt = retryOf(storage)) {
          await clock.advance(retryAt - clock.now());
          await storage.until(() => retryOf(storage) > clock.now());
        }
        await clock.advance(back - clock.now());
      };
      const comeBack = async (): Promise<void> => {
        await server.start();
        await clock.advance(retryOf(storage) - clock.now());
      };

      /** Waits like the backfill. */
      const historyReady = [storage.history.whenReady(stop.signal)];
      await acceptSome();
      await stayAway();
      historyReady.push(storage.history.whenReady(stop.signal));
      await acceptSome();
      await comeBack();
      await storage.untilWritten();
      expect(await queryUrl(url, COUNTS), `${name} at the start`).toEqual([written(10)]);

      await server.stop();
      await acceptSome();
      await stayAway();
      historyReady.push(storage.history.whenReady(stop.signal));
      await acceptSome();
      await comeBack();
      await storage.untilWritten();
      expect(await queryUrl(url, COUNTS), `${name} later`).toEqual([written(20)]);
      await Promise.all(historyReady);

      stop.abort();
      await storage.stop(10_000);
    }),
  );

  async function freshDatabase(name: string): Promise<string> {
    const { user, password, host } = connection;
    const urlOf = (database: string): string =>
      `postgresql://${user}:${password}@/${database}?host=${encodeURIComponent(host)}`;
    await queryUrl(urlOf('postgres'), `create database ${name}`);
    return urlOf(name);
  }
});

const COUNTS = `
  select
    (select count(*) from ticks)::integer as ticks,
    (select sum(tick_count) from candles_1m)::integer as counted,
    (select sum(tick_count) from ohlcv_daily)::integer as in_days,
    (select count(*) from alerts)::integer as alerts`;

function written(count: number) {
  return { ticks: count, counted: count, in_days: count, alerts: count };
}

/** When the next attempt is made; -Infinity while none is planned. */
function retryOf(storage: TestStorage): number {
  const state = storage.databaseState();
  return state.status === 'down' ? state.retryAt : Number.NEGATIVE_INFINITY;
}

function fetchOf(number: number) {
  const observedAt = START + number * 1_000;
  return {
    ticks: [tick({ observedAt, price: 100 + number })],
    alerts: [alert({ id: `alert-${number}`, observedAt })],
  };
}
