import { setTimeout as sleepReal } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { type Backfill, createBackfill } from '../../electron/monitor/sources/backfill/backfill.ts';
import { coinGeckoHistory } from '../../electron/monitor/sources/backfill/coingecko-history.ts';
import type { CoinGeckoAccess } from '../../electron/monitor/sources/coingecko/coingecko-client.ts';
import { FeedError } from '../../electron/monitor/sources/price-source.ts';
import type { Clock } from '../../electron/monitor/time/clock.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import { type Interval, intervalLengthMs } from '../../shared/domain/interval.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { verbatim } from '../../shared/messages/message.ts';
import { openTestStorage, queryEmbedded, type TestStorage, tick, withDataDir } from './storage-fixture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const AT = Date.UTC(2026, 2, 14, 12, 31);
/** Shortens the pauses between calls, but not too much: on a busy machine, minutes of this clock pass during a test. */
const SPEED = 20;
const COINS = ['bitcoin', 'zcash'];

function clockFrom(at: number): Clock {
  const startedAt = performance.now();
  return {
    now: () => Math.round(at + (performance.now() - startedAt) * SPEED),
    sleep: async (ms, signal) => {
      await sleepReal(Math.min(ms / SPEED, 2 ** 31 - 1), undefined, signal ? { signal } : {}).catch(
        (error) => {
          throw signal?.reason ?? error;
        },
      );
    },
    speed: SPEED,
  };
}

describe('backfill from the simulated provider into the database', () => {
  let market: DemoServer;
  const backfills = new Set<Backfill>();

  beforeEach(async () => {
    market = await startDemoServer({ clock: clockFrom(AT), seed: 'backfill', record: true });
    market.freeze(AT);
  });
  afterEach(async () => {
    await Promise.all([...backfills].map((backfill) => backfill.stop()));
    backfills.clear();
    await market.close();
  });

  /** A backfill whose run can be awaited. */
  function start(
    storage: TestStorage,
    options: {
      access?: Partial<CoinGeckoAccess>;
      coins?: () => readonly string[];
      onHistory?: () => void;
    } = {},
  ) {
    const clock = clockFrom(AT);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    let hadProgress = false;
    const notified: string[] = [];
    const access: CoinGeckoAccess = { baseUrl: market.url, apiKey: null, plan: 'keyless', ...options.access };
    const backfill = createBackfill({
      sources: () => [coinGeckoHistory({ access: () => access, clock })],
      store: storage.history,
      watched: () => ({ coins: options.coins?.() ?? COINS, vsCurrency: 'usd', pollMs: 30_000 }),
      clock,
      random: () => 0.5,
      log: silentLog,
      onHistory: (coinId) => {
        notified.push(coinId);
        options.onHistory?.();
      },
      report: (progress) => {
        hadProgress ||= progress !== null;
        if (hadProgress && progress === null) resolve();
      },
    });
    backfills.add(backfill);
    backfill.start();
    return { backfill, ended, notified };
  }

  const read = (storage: TestStorage, interval: Interval, coinId = 'bitcoin') =>
    storage.candles({ coinId, vsCurrency: 'usd', interval, limit: 1_000, before: AT + DAY_MS });

  /** Requests for history: coin, days, and kind of chart. */
  const requested = (): readonly string[] =>
    market.requests().map(({ url }) => {
      const { pathname, searchParams } = new URL(url, market.url);
      const [, , coin, kind] = pathname.split('/');
      return `${coin} ${kind} ${searchParams.get('days')}`;
    });

  const points = async (query: string): Promise<readonly (readonly [number, number])[]> =>
    (await served<{ prices: [number, number][] }>(`/coins/bitcoin/market_chart?vs_currency=usd&${query}`))
      .prices;

  async function served<T>(path: string): Promise<T> {
    return (await (await fetch(market.url + path)).json()) as T;
  }

  it('fills every interval with all candles of the provider, and does not change recorded ones', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      // The program runs for 11 minutes before the backfill starts.
      const ticks = Array.from({ length: 12 }, (_, minute) =>
        tick({ observedAt: AT - 11 * MINUTE_MS + minute * MINUTE_MS, price: 50_000 + minute, volume24h: 7 }),
      );
      await storage.accept({ ticks, alerts: [] });
      await storage.untilWritten();
      const measuredBefore = await tables(dataDir);
      const { ended, notified } = start(storage);
      await ended;
      expect(await tables(dataDir)).toEqual(measuredBefore);
      expect(new Set(notified)).toEqual(new Set(COINS));
      expect(requested().toSorted()).toEqual(
        COINS.flatMap((coin) =>
          [1, 365, 90].map((days) => `${coin} market_chart ${days}`).concat(`${coin} ohlc 30`),
        ).toSorted(),
      );

      const five = (await read(storage, '5m')).candles;
      const fives = await points('days=1&precision=full');
      const startOfTicks = AT - 11 * MINUTE_MS;
      const history = five.filter(({ tickCount }) => tickCount === 0);
      expect(history.map(priceOf)).toEqual(
        candlesBetween(
          fives.filter(([at]) => at <= startOfTicks),
          5 * MINUTE_MS,
        ),
      );
      expect(five.slice(history.length)).toEqual([
        ...[0, 5].map((first) => measured(startOfTicks + first * MINUTE_MS, ticks.slice(first, first + 5))),
        measured(AT - MINUTE_MS, ticks.slice(10)),
      ]);

      const hours = (await read(storage, '1h')).candles;
      const hourly = await points('days=90&precision=full');
      const dayAgo = AT - DAY_MS;
      const expectedHours = candlesBetween(hourly, HOUR_MS).slice(-1_001);
      const oldHours = hours.filter(({ start }) => start < dayAgo - HOUR_MS);
      expect(oldHours.map(priceOf)).toEqual(
        expectedHours.filter(({ start }) => start >= (hours[0]?.start ?? 0) && start < dayAgo - HOUR_MS),
      );

      const ohlc = await served<number[][]>('/coins/bitcoin/ohlc?vs_currency=usd&days=30&precision=full');
      const fourHours = (await read(storage, '4h')).candles;
      const four = new Map(fourHours.map((candle) => [candle.start, candle]));
      for (const [end = 0, open, high = 0, low = 0, close] of ohlc) {
        const start = end - 4 * HOUR_MS;
        if (start < AT - 30 * DAY_MS) continue;
        // The 5-minute points of the last day may have a wider range.
        const prices = fives.filter(([at]) => at >= start && at <= end).map(([, price]) => price);
        const extremes = { high: Math.max(high, ...prices), low: Math.min(low, ...prices) };
        expect(priceOf(four.get(start) as Candle)).toEqual({ start, open, close, ...extremes });
      }

      const days = (await read(storage, '1d')).candles;
      const daily = candlesBetween(await points('days=365&interval=daily&precision=full'), DAY_MS);
      expect(days.slice(0, -1).map(({ start, open, close }) => ({ start, open, close }))).toEqual(
        daily.map(({ start, open, close }) => ({ start, open, close })),
      );
      // Today starts with history and continues with ticks.
      const today = hourly.find(([at]) => at === Math.floor(AT / DAY_MS) * DAY_MS)?.[1];
      expect(days.at(-1)).toMatchObject({ open: today, close: ticks.at(-1)?.price, tickCount: 12 });

      const counts = { '1m': 12, '5m': 290, '15m': 97, '1h': 1_000, '4h': 540, '1d': 365 } as const;
      for (const interval of ['1m', '5m', '15m', '1h', '4h', '1d'] as const) {
        const series = await read(storage, interval);
        expect(Math.abs(series.candles.length - counts[interval]), interval).toBeLessThanOrEqual(3);
        expect(series.volumeKind).toBe('rolling-24h');
        expectWithoutGaps(series.candles, interval);
      }
      await storage.stop(10_000);
    }));

  // A plan has a request for each interval of each coin, which may take as long as the rate limit requires.
  it.each([
    ['1h', 90],
    ['1d', 365],
  ] as const)(
    'gets whole history of %s where a plan reaches its request only after the end of a candle',
    async (interval, days) => {
      const lengthMs = intervalLengthMs(interval);
      const from = Math.ceil((AT - days * DAY_MS) / lengthMs) * lengthMs;
      const to = Math.floor(AT / lengthMs) * lengthMs;
      market.freeze(AT + lengthMs);
      const source = coinGeckoHistory({
        access: () => ({ baseUrl: market.url, apiKey: null, plan: 'keyless' }),
        clock: { ...clockFrom(AT), now: () => AT + lengthMs },
      });
      const query = { coinId: 'bitcoin', vsCurrency: 'usd', interval, from, to };
      const candles = (await source.fetchCandles(query, new AbortController().signal)) ?? [];
      expect(requested()).toEqual([`bitcoin market_chart ${days}`]);
      // The provider no longer has the price at the start of the first.
      const starts = Array.from({ length: (to - from) / lengthMs }, (_, index) => from + index * lengthMs);
      expect(candles.slice(-starts.length + 1).map(({ start }) => start)).toEqual(starts.slice(1));
    },
  );

  it('resumes after a stop without requesting anything twice', () =>
    withDataDir(async (dataDir) => {
      let storage = openTestStorage(dataDir);
      const stopped = Promise.withResolvers<void>();
      const first = start(storage, { onHistory: () => stopped.resolve() });
      await stopped.promise;
      await Promise.all([first.backfill.stop(), storage.stop(0)]);
      expect(requested().length).toBeLessThan(8);

      storage = openTestStorage(dataDir);
      await start(storage).ended;
      const responded = requested();
      // One request may have been running at the stop.
      expect(responded.length - new Set(responded).size).toBeLessThanOrEqual(1);
      expect(new Set(responded).size).toBe(8);
      expect((await read(storage, '5m')).candles.length).toBeGreaterThan(280);
      await storage.stop(10_000);
    }));

  it('waits as long as the rate limit or the budget requires', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      market.setFault({
        endpoint: '/coins/{id}/market_chart',
        fault: { kind: 'status', status: 429, retryAfterSeconds: 20 },
        times: 1,
      });
      let refusals = 2;
      const gate = (fetch: typeof globalThis.fetch): typeof globalThis.fetch => {
        return (...args) => {
          if (refusals-- > 0)
            throw new FeedError('rate-limited', verbatim('not now'), { retryAfterMs: 10_000 });
          return fetch(...args);
        };
      };
      const { ended, notified } = start(storage, { access: { gate }, coins: () => ['bitcoin'] });
      await ended;
      const times = market.requests().map(({ at }) => at);
      expect(times).toHaveLength(5);
      expect((times[0] ?? 0) - AT).toBeGreaterThanOrEqual(20_000);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(20_000);
      expect(notified).toHaveLength(4);
      await storage.stop(10_000);
    }));

  it('fills the gap of a sleep of the machine, except where no provider has candles', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      const sleeps = { from: AT - 5 * HOUR_MS, to: AT - 2 * HOUR_MS };
      const ticks: Tick[] = [];
      for (let at = AT - 20 * DAY_MS; at <= AT; at += at < AT - DAY_MS ? 20 * MINUTE_MS : MINUTE_MS) {
        if (at < sleeps.from || at >= sleeps.to) {
          ticks.push(
            tick({ observedAt: at, price: 70_000 }),
            tick({ observedAt: at, coinId: 'unknown', price: 1 }),
          );
        }
      }
      await storage.accept({ ticks, alerts: [] });
      await storage.untilWritten();
      await start(storage, { coins: () => ['bitcoin', 'unknown'] }).ended;

      const start5 = Math.ceil(sleeps.from / (5 * MINUTE_MS)) * 5 * MINUTE_MS;
      const gap = (candle: Candle): boolean =>
        candle.start >= start5 && candle.start < sleeps.to - 5 * MINUTE_MS;
      const filled = (await read(storage, '5m')).candles.filter(gap);
      const fives = await points('days=1&precision=full');
      expect(filled.map(priceOf)).toEqual(
        candlesBetween(fives, 5 * MINUTE_MS).filter((candle) => gap(candle as Candle)),
      );
      expect(filled.length).toBeGreaterThan(30);
      expectWithoutGaps((await read(storage, '1h')).candles, '1h');

      const unknown = (await read(storage, '5m', 'unknown')).candles;
      expect(unknown.filter(gap)).toEqual([]);
      expect(unknown.length).toBeGreaterThan(200);
      await storage.stop(10_000);
    }));

  it('fills a coin that is added later, without requesting the others again', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      let coins = ['bitcoin'];
      const filled = Promise.withResolvers<void>();
      const { backfill, ended, notified } = start(storage, {
        coins: () => coins,
        onHistory: () => {
          if (notified.filter((coinId) => coinId === 'zcash').length === 4) filled.resolve();
        },
      });
      await ended;
      const before = requested().length;
      coins = ['bitcoin', 'zcash'];
      backfill.check();
      await filled.promise;
      // Both lack the minutes that have passed since.
      const others = requested()
        .slice(before)
        .filter((request) => !request.startsWith('zcash ') && request !== 'bitcoin market_chart 1');
      expect(others).toEqual([]);
      await storage.stop(10_000);
    }));
});

type Prices = Pick<Candle, 'start' | 'open' | 'high' | 'low' | 'close'>;

const priceOf = ({ start, open, high, low, close }: Candle): Prices => ({ start, open, high, low, close });

/** One candle for each two prices that are one interval apart. */
function candlesBetween(points: readonly (readonly [number, number])[], intervalMs: number): Prices[] {
  return points.flatMap(([start, open], index) => {
    const [end, close] = points[index + 1] ?? [0, 0];
    if (end - start !== intervalMs) return [];
    return [{ start, open, high: Math.max(open, close), low: Math.min(open, close), close }];
  });
}

function measured(start: number, ticks: readonly Tick[]): Candle {
  const prices = ticks.map(({ price }) => price);
  return {
    start,
    open: prices.at(0) ?? 0,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices.at(-1) ?? 0,
    volume: ticks.at(-1)?.volume24h ?? null,
    tickCount: ticks.length,
  };
}

function expectWithoutGaps(candles: readonly Candle[], interval: Interval): void {
  const first = candles[0]?.start ?? 0;
  expect(candles.map(({ start }) => start)).toEqual(
    candles.map((_, index) => first + index * intervalLengthMs(interval)),
  );
}

async function tables(dataDir: string): Promise<unknown> {
  return Promise.all(
    ['ticks', 'candles_1m', 'candles_1h', 'ohlcv_daily'].map((table) =>
      queryEmbedded(dataDir, `select * from ${table} order by 1, 2, 3, 4`),
    ),
  );
}
