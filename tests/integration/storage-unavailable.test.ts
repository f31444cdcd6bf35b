import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { virtualClock } from '../../electron/monitor/time/clock.ts';
import { type OwnEmbeddedServer, startOwnEmbeddedServer } from './own-embedded-server.ts';
import { alert, openTestStorage, queryUrl, type TestStorage, tick, withDataDir } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

describe('storage whose database is unavailable', () => {
  let server: OwnEmbeddedServer;
  beforeAll(async () => {
    server = await startOwnEmbeddedServer();
  });
  afterAll(() => server?.close());

  it.each([
    ['0.2 s', 200],
    ['8 s', 8_000],
    ['5 min', 5 * MINUTE_MS],
  ])('for %s, at the start and again later, writes everything when it is available again', (name, awayMs) =>
    withDataDir(async (dataDir) => {
      const url = await server.createDatabase(`away_${awayMs}`);
      const clock = virtualClock(START);
      await server.stop();
      const storage = openTestStorage(dataDir, url, clock);
      const stop = new AbortController();
      let accepted = 0;
      const acceptSome = async (): Promise<void> => {
        for (let count = 0; count < 5; count++) await storage.accept(fetchOf(accepted++));
      };
      /** Advances the clock, with all failing connection attempts in that time. */
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

      /** Waits for history like the backfill. */
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

/** The time of the next attempt; -Infinity while none is scheduled. */
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
