import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { exchangeHistory } from '../../electron/monitor/sources/backfill/exchange-history.ts';
import { createExchangeClient } from '../../electron/monitor/sources/exchanges/exchange-client.ts';
import { markAlerts } from '../../electron/monitor/store/reads/mark-alerts.ts';
import { readAlertsInRange } from '../../electron/monitor/store/reads/read-alerts-in-range.ts';
import { readCandles } from '../../electron/monitor/store/reads/read-candles.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { AlertMark } from '../../shared/domain/alert-mark.ts';
import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import { bucketStart, INTERVALS, type Interval } from '../../shared/domain/interval.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { EXCHANGES } from '../../shared/settings/settings.ts';
import {
  alert,
  candlesByDefinition,
  databaseUrlOf,
  openTestStorage,
  ownDatabase,
  pricedTicks,
  queryEmbedded,
  sumsOfTraded,
  type TestStorage,
  tick,
  withClient,
  withDataDir,
} from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
/** The intervals of the chart, and some arbitrary ones. */
const ANY_INTERVALS: readonly Interval[] = [...INTERVALS, '7m', '45m', '90m', '5h', '3d', '2w'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Later than all ticks of these tests. */
const FAR = START + 365 * 24 * HOUR_MS;

describe('storage on the embedded server', () => {
  let dataDir: string;
  let storage: TestStorage;
  let removeDataDir: () => void;

  beforeAll(async () => {
    const opened = Promise.withResolvers<void>();
    void withDataDir(async (folder) => {
      dataDir = folder;
      const removed = Promise.withResolvers<void>();
      removeDataDir = removed.resolve;
      opened.resolve();
      await removed.promise;
    });
    await opened.promise;
    storage = openTestStorage(dataDir);
  });

  afterAll(async () => {
    await storage.stop(10_000);
    removeDataDir();
  });

  it('accepts prices and alerts before the database is ready, and returns the alerts', async () => {
    expect(storage.databaseState()).toEqual({ status: 'starting' });
    const early = alert({ id: 'early', observedAt: START });
    await storage.accept({ ticks: [tick({ coinId: 'early', observedAt: START })], alerts: [early] });
    expect(storage.queueState().waitingTicks).toBe(1);
    expect(await storage.alerts({ limit: 10 })).toEqual([early]);
    const [record] = await storage.tickLog.cursor('delivery:test').read({ maxRecords: 9, maxTicks: 9 });
    expect(record?.alerts).toEqual([early]);
    storage.tickLog.forget('delivery:test');
    await expect(
      storage.candles({ coinId: 'early', vsCurrency: 'usd', interval: '1m', limit: 1, before: START + 1 }),
    ).rejects.toMatchObject({ name: 'DatabaseUnavailable' });
    await storage.untilWritten();
    expect(storage.databaseState()).toEqual({
      status: 'ready',
      kind: ownDatabase(dataDir) === null ? 'embedded' : 'external',
    });
  });

  it('writes every field of a tick exactly', async () => {
    await storage.accept({
      ticks: [
        tick({
          coinId: 'exact',
          vsCurrency: 'eur',
          observedAt: START + 1_234,
          price: 0.1 + 0.2,
          volume24h: 1.7976931348623157e308,
          amount: 1 / 3,
          marketCap: 5e-324,
          source: 'quote"d, back\\slash\ttab\nline é€😀',
        }),
      ],
      alerts: [],
    });
    await storage.untilWritten();
    expect(await queryEmbedded(dataDir, `select * from ticks where coin_id = 'exact'`)).toEqual([
      {
        coin_id: 'exact',
        vs_currency: 'eur',
        observed_at: new Date(START + 1_234),
        price: 0.1 + 0.2,
        volume_24h: 1.7976931348623157e308,
        market_cap: 5e-324,
        source: 'quote"d, back\\slash\ttab\nline é€😀',
        amount: 1 / 3,
      },
    ]);
  });

  it('builds the same candles for any order, partition and repetition of ticks', async () => {
    let run = 0;
    const step = fc.integer({ min: 0, max: 4_000 });
    const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, async (steps) => {
        const coinId = `any-order-${run++}`;
        const fetches = steps.map((each) => each.map((at) => wandering(coinId, at)));
        // The last batch is repeated, as after a crash.
        for (const ticks of [...fetches, ...fetches.slice(-1)]) {
          await storage.accept({ ticks, alerts: [] });
          if (run % 2 === 0) await storage.untilWritten();
        }
        await storage.untilWritten();
        await expectCandlesByDefinition(coinId, fetches.flat());
      }),
      { numRuns: 15 },
    );
  });

  it('returns each kind of volume from the source that has it, with each trade counted once', async () => {
    let run = 0;
    const written = new Map<string, readonly Tick[]>();
    const step = fc.tuple(fc.constantFrom(wandering, trading), fc.integer({ min: 0, max: 4_000 }));
    const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, async (steps) => {
        const coinId = `two-sources-${run++}`;
        const fetches = steps.map((each) => each.map(([tickOf, at]) => tickOf(coinId, at)));
        written.set(coinId, fetches.flat());
        for (const ticks of [...fetches, ...fetches.slice(-1)]) {
          await storage.accept({ ticks, alerts: [] });
          if (run % 2 === 0) await storage.untilWritten();
        }
        await storage.untilWritten();
        for (const interval of ANY_INTERVALS) {
          const { volumeKind, candles } = await read(coinId, interval);
          const expected = servedOfTwo(fetches.flat(), interval);
          expect(volumeKind, `${interval} of ${coinId}`).toBe(expected.volumeKind);
          expectSame(candles, expected.candles);
        }
      }),
      { numRuns: 15 },
    );
    const url = await databaseUrlOf(dataDir);
    const { ticks = 0, ...others } = await sumsOfTraded(url, "coin_id like 'two-sources-%'");
    for (const sum of Object.values(others)) expect(sum / ticks).toBeCloseTo(1, 9);
    // The view has the days of each source.
    const days = await queryEmbedded<{ coin_id: string; source: string } & Candle>(
      dataDir,
      `select coin_id, source, extract(epoch from day)::float8 * 1000 as start, open, high, low, close,
              tick_count::integer as "tickCount", traded as volume
       from ohlcv_daily where coin_id like 'two-sources-%' order by day`,
    );
    for (const [coinId, ticks] of written) {
      for (const source of ['coingecko', 'kraken']) {
        const own = days.filter((day) => day.coin_id === coinId && day.source === source);
        expectSame(
          own.map(({ coin_id: _, source: __, ...candle }) => candle),
          candlesByDefinition(
            ticks.filter((each) => each.source === source),
            '1d',
            'traded',
          ),
        );
      }
    }
  });

  it('accepts a large batch again that the database already has', async () => {
    const ticks = Array.from({ length: 9_000 }, (_, step) => wandering('large', step));
    for (let time = 0; time < 2; time++) {
      await storage.accept({ ticks, alerts: [] });
      await storage.untilWritten();
    }
    expect(
      await queryEmbedded(
        dataDir,
        `select (select count(*) from ticks where coin_id = 'large')::integer as ticks,
                (select sum(tick_count) from candles_1h where coin_id = 'large')::integer as counted`,
      ),
    ).toEqual([{ ticks: 9_000, counted: 9_000 }]);
  });

  it('shows daily candles in the view as soon as they are written, and returns later changes', async () => {
    const first = [0, 1, 2, 3].map((day) =>
      tick({ coinId: 'daily', observedAt: START + day * 24 * HOUR_MS }),
    );
    await storage.accept({ ticks: first, alerts: [] });
    await storage.untilWritten();
    const inView = await queryEmbedded<{ days: string }>(
      dataDir,
      `select string_agg(day::text, ' ' order by day) as days from ohlcv_daily where coin_id = 'daily'`,
    );
    expect(inView).toEqual([{ days: '2026-01-01 2026-01-02 2026-01-03 2026-01-04' }]);

    const days = candlesByDefinition(first, '1d');
    await withClient(await databaseUrlOf(dataDir), async (client) => {
      const query = {
        coinId: 'daily',
        vsCurrency: 'usd',
        interval: '1d',
        before: START + 90 * HOUR_MS,
      } as const;
      const all = await readCandles(client, { ...query, limit: 10 });
      expect(all.candles).toEqual(days);
      const newest = await readCandles(client, { ...query, limit: 2 });
      expect(newest.candles).toEqual(days.slice(-2));
    });

    // Late ticks for a day in the middle, and a new day after the last.
    const late = [1.5, 4].map((day) =>
      tick({ coinId: 'daily', observedAt: START + day * 24 * HOUR_MS, price: 200 }),
    );
    await storage.accept({ ticks: late, alerts: [] });
    await storage.untilWritten();
    await expectCandlesByDefinition('daily', [...first, ...late]);
  });

  it('fills a page of candles across gaps, and completes the first bucket of a page', async () => {
    const ticks = [0, 1, 500, 501, 9_000].map((hours) =>
      tick({ coinId: 'gaps', observedAt: START + hours * HOUR_MS, price: 10 + hours }),
    );
    await storage.accept({ ticks, alerts: [] });
    await storage.untilWritten();
    const query = {
      coinId: 'gaps',
      vsCurrency: 'usd',
      interval: '4h',
      before: START + 500 * HOUR_MS + 1,
    } as const;
    const { candles } = await storage.candles({ ...query, limit: 2 });
    expect(candles).toEqual(candlesByDefinition(ticks.slice(0, 4), '4h'));
    expect((await storage.candles({ ...query, limit: 1 })).candles).toEqual(candles.slice(-1));
    expect((await storage.candles({ ...query, before: START, limit: 5 })).candles).toEqual([]);
  });

  it('returns the source with the most ticks when several have a candle', async () => {
    const one = tick({ coinId: 'sources', observedAt: START, price: 1, source: 'kraken' });
    const two = [1, 2].map((at) => tick({ coinId: 'sources', observedAt: START + at, price: 2 }));
    await storage.accept({ ticks: [one, ...two], alerts: [] });
    await storage.untilWritten();
    await expectCandlesByDefinition('sources', two);
  });

  it('prefers trades to polled prices, even with equal counts', async () => {
    const at = (
      coinId: string,
      source: string,
      seconds: number,
      price: number,
      amount: number | null = null,
    ) => tick({ coinId, source, price, amount, observedAt: START + 8 * HOUR_MS + seconds * 1_000 });
    const ticks = [
      // As many trades as polled prices.
      at('tied', 'coingecko', 50, 999),
      at('tied', 'kraken', 10, 100, 1),
      // Polled while the connection was broken; the trades of that time arrived later.
      at('broken', 'kraken', 20, 999),
      at('broken', 'coingecko', 30, 888),
      at('broken', 'coingecko', 40, 888),
      at('broken', 'kraken', 10, 100, 1),
      at('broken', 'kraken', 30, 101, 2),
      at('broken', 'kraken', 70, 999),
      // Without trades, there are only polled prices, of which the newest counts.
      at('quiet', 'coingecko', 10, 5),
      at('quiet', 'kraken', 20, 6),
    ];
    for (const each of ticks) {
      await storage.accept({ ticks: [each], alerts: [] });
      await storage.untilWritten();
    }
    for (const interval of ANY_INTERVALS) {
      const served = async (coinId: string) => {
        const { candles } = await read(coinId, interval);
        return candles.map(({ open, high, low, close }) => [open, high, low, close]);
      };
      expect(await served('tied'), interval).toEqual([[100, 100, 100, 100]]);
      const minutes = [[100, 101, 100, 101], ...(interval === '1m' ? [[999, 999, 999, 999]] : [])];
      expect(await served('broken'), interval).toEqual(minutes);
      expect(await served('quiet'), interval).toEqual([[6, 6, 6, 6]]);
    }
  });

  it('returns the source that was polled throughout when trades cover only the end, however many', async () => {
    const hour = START + 10 * HOUR_MS;
    const polls = [0, 20, 40, 59].map((minute) =>
      tick({ coinId: 'late', observedAt: hour + minute * 60_000, price: 1 + minute }),
    );
    const trades = Array.from({ length: 100 }, (_, second) =>
      tick({
        coinId: 'late',
        source: 'kraken',
        amount: 1,
        price: 70,
        observedAt: hour + 58 * 60_000 + second * 1_000,
      }),
    );
    await storage.accept({ ticks: [...polls, ...trades], alerts: [] });
    await storage.untilWritten();
    for (const interval of ['1h', '4h', '1d'] as const) {
      const { candles } = await read('late', interval);
      expect(candles, interval).toMatchObject([{ open: 1, high: 60, close: 60 }]);
    }
    expect((await read('late', '1m')).candles.at(-2)).toMatchObject({ open: 70, close: 70 });
  });

  it.each(EXCHANGES)('returns no candle for a minute in which %s reports no trades', async (id) => {
    const clock = { ...systemClock, now: () => START + 40 * HOUR_MS };
    const market = await startDemoServer({ clock, seed: 'quiet' });
    const client = createExchangeClient({
      id,
      urlOverride: market.exchangeUrl,
      fetch: globalThis.fetch,
      networkClock: systemClock,
    });
    try {
      const from = START + 39 * HOUR_MS;
      const to = from + 20 * MINUTE_MS;
      market.exchange.setQuiet({ from: from + 5 * MINUTE_MS, to: from + 12 * MINUTE_MS });
      const source = exchangeHistory({ id, client: () => client, marketOf: async () => 'BTC/EUR' });
      const query = { coinId: `quiet-${id}`, vsCurrency: 'eur', interval: '1m', from, to } as const;
      const candles = (await source.fetchCandles(query, new AbortController().signal)) ?? [];
      await storage.history.save({
        request: { ...query, source: id },
        volumeKind: source.volumeKind,
        candles,
        covered: [{ from, to }],
        found: true,
      });
      const served = async (interval: Interval, limit: number) => {
        const before = to + MINUTE_MS;
        const series = await storage.candles({ ...query, interval, limit, before });
        return series.candles.map(({ start }) => (start - from) / MINUTE_MS);
      };
      const minutes = Array.from({ length: 20 }, (_, minute) => minute);
      expect(await served('1m', 100)).toEqual(minutes.filter((minute) => minute < 5 || minute >= 12));
      // A page has its number of candles, however many minutes without trades are between them.
      expect(await served('1m', 10)).toEqual([3, 4, 12, 13, 14, 15, 16, 17, 18, 19]);
      expect(await served('5m', 100)).toEqual([0, 10, 15]);
    } finally {
      await client.close();
      await market.close();
    }
  });

  it('pages through alerts of the log and of the table as one list', async () => {
    const alerts = Array.from({ length: 7 }, (_, index) =>
      alert({ id: `page-${index}`, observedAt: START + HOUR_MS + Math.floor(index / 3) }),
    );
    await storage.accept({ ticks: [], alerts: alerts.slice(0, 5) });
    await storage.accept({ ticks: [], alerts: alerts.slice(3) });
    await storage.accept({ ticks: [tick({ coinId: 'alerts-done', observedAt: START })], alerts: [] });
    await storage.untilWritten();
    const rows = await queryEmbedded<{ id: string }>(
      dataDir,
      `select id from alerts where id like 'page-%' order by observed_at desc, id desc`,
    );
    const listed: string[] = [];
    let before: { observedAt: number; id: string } | undefined;
    while (listed.length < 7) {
      const page = await storage.alerts({ limit: 2, before });
      listed.push(...page.map(({ id }) => id));
      before = page.at(-1);
    }
    expect(listed.slice(0, 7)).toEqual(rows.map(({ id }) => id));
    expect(listed.slice(0, 7)).toEqual(alerts.map(({ id }) => id).reverse());
  });

  it('reads the alerts of a range of time from the table and the log', async () => {
    const coinId = 'ranged';
    const at = (minute: number) => START + 100 * HOUR_MS + minute * 60_000;
    const alerts = [
      alert({ id: 'before', coinId, observedAt: at(-1) }),
      alert({ id: 'rose', coinId, observedAt: at(0), figures: { changePct: 3 } }),
      ...Array.from({ length: 10 }, (_, nth) =>
        alert({ id: `often-${nth}`, coinId, observedAt: at(0) + 1_000 * (nth + 1) }),
      ),
      alert({ id: 'rose-again', coinId, observedAt: at(1), rule: 'another', figures: { changePct: 4 } }),
      alert({ id: 'fell', coinId, observedAt: at(2), direction: 'down', figures: { changePct: -3 } }),
      alert({ id: 'next-candle', coinId, observedAt: at(7), figures: { changePct: 3 } }),
      alert({ id: 'another-coin', coinId: 'other', observedAt: at(3) }),
      alert({ id: 'another-currency', coinId, vsCurrency: 'eur', observedAt: at(3) }),
      alert({ id: 'after', coinId, observedAt: at(10) }),
    ];
    await storage.accept({ ticks: [], alerts });
    const range = { coinId, vsCurrency: 'usd', interval: '5m', from: at(0), to: at(10) } as const;
    await storage.untilWritten();
    const expected = [
      [['rose', 'often-0', 'often-1', 'often-2', 'rose-again'], 12],
      [['fell'], 1],
      [['next-candle'], 1],
    ];
    const marked = (marks: readonly AlertMark[]) =>
      marks.map((mark) => [mark.alerts.map(({ id }) => id), mark.count]);
    // Once with only the alerts of the table, and once with some also in the log, which must not count twice.
    for (const known of [[], ['rose', 'often-8', 'next-candle']]) {
      const written = await withClient(await databaseUrlOf(dataDir), (client) =>
        readAlertsInRange(client, range, known),
      );
      const local = { alerts: alerts.filter(({ id }) => known.includes(id)), others: 0 };
      expect(marked(markAlerts([...written, local], range.interval))).toEqual(expected);
    }
    expect(marked(await storage.alertMarks(range))).toEqual(expected);
  });

  const read = (coinId: string, interval: Interval) =>
    storage.candles({
      coinId,
      vsCurrency: 'usd',
      interval,
      limit: 1_000,
      before: FAR,
    });

  async function expectCandlesByDefinition(coinId: string, ticks: readonly Tick[]): Promise<void> {
    for (const interval of ANY_INTERVALS) {
      const series = await read(coinId, interval);
      expect(series.candles, `${interval} of ${coinId}`).toEqual(candlesByDefinition(ticks, interval));
    }
  }
});

/** A tick whose time determines its price, so that it can be repeated. A step is 97 s. */
function wandering(coinId: string, step: number): Tick {
  const observedAt = START + step * 97_000;
  return tick({
    coinId,
    observedAt,
    price: 100 + Math.sin(step * 12.9898) * 50,
    volume24h: step % 5 === 0 ? null : step,
  });
}

/** A trade at one of these times. The time determines its amount, which is sometimes missing. */
function trading(coinId: string, step: number): Tick {
  return {
    ...wandering(coinId, step),
    source: 'kraken',
    volume24h: null,
    amount: step % 7 === 0 ? null : 1 + Math.cos(step),
  };
}

/**
 * The candles by definition. Their prices are those of the source of trades, or, if the other source covers half an hour more, those
 * of the source with the most ticks that covers at least half as much. Their kind of volume is the one that more candles have from
 * their own source.
 */
function servedOfTwo(ticks: readonly Tick[], interval: Interval) {
  const of = (source: string, kind: VolumeKind) =>
    candlesByDefinition(
      ticks.filter((each) => each.source === source),
      interval,
      kind,
    );
  const polled = new Map(of('coingecko', 'rolling-24h').map((candle) => [candle.start, candle]));
  const traded = new Map(of('kraken', 'traded').map((candle) => [candle.start, candle]));
  const count = (candles: ReadonlyMap<number, Candle>) =>
    [...candles.values()].filter(({ volume }) => volume !== null).length;
  const isTraded = count(traded) >= count(polled);
  const volumes = isTraded ? traded : polled;
  const spanOf = (source: string, start: number): number => {
    const own = ticks.filter(
      (each) => each.source === source && bucketStart(each.observedAt, interval) === start,
    );
    const times = pricedTicks(own, interval).map(({ observedAt }) => observedAt);
    return Math.max(...times) - Math.min(...times);
  };
  const preferred = (start: number): Candle | undefined => {
    const [first, second] = [polled.get(start), traded.get(start)];
    if (first === undefined || second === undefined) return first ?? second;
    const hasTrades = second.volume !== null;
    const [polledSpan, tradedSpan] = [spanOf('coingecko', start), spanOf('kraken', start)];
    if (hasTrades && polledSpan - tradedSpan <= HOUR_MS / 2) return second;
    if (2 * tradedSpan < polledSpan) return first;
    if (2 * polledSpan < tradedSpan) return second;
    if (first.tickCount !== second.tickCount) return second.tickCount > first.tickCount ? second : first;
    if (hasTrades) return second;
    return lastOf('kraken', start) > lastOf('coingecko', start) ? second : first;
  };
  const lastOf = (source: string, start: number): number =>
    Math.max(
      ...ticks
        .filter((each) => each.source === source && bucketStart(each.observedAt, interval) === start)
        .map(({ observedAt }) => observedAt),
    );
  const candles = [...new Set([...polled.keys(), ...traded.keys()])]
    .sort((a, b) => a - b)
    .flatMap((start) => {
      const prices = preferred(start);
      return prices === undefined ? [] : [{ ...prices, volume: volumes.get(start)?.volume ?? null }];
    });
  const volumeKind = count(volumes) === 0 ? null : isTraded ? 'traded' : 'rolling-24h';
  return { volumeKind, candles };
}

/** Exactly equal, except volumes, because the last bits of a sum depend on the order of addition. */
function expectSame(actual: readonly Candle[], expected: readonly Candle[]): void {
  const withoutVolume = (candle: Candle) => ({ ...candle, volume: null });
  expect(actual.map(withoutVolume)).toEqual(expected.map(withoutVolume));
  for (const [index, { volume }] of expected.entries()) {
    const served = actual[index]?.volume ?? null;
    if (volume === null || served === null) expect(served).toBe(volume);
    else expect(Math.abs(served - volume)).toBeLessThanOrEqual(volume * 1e-9);
  }
}
