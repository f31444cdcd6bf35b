import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../shared/domain/candle.ts';
import type { CandleSeries } from '../../../shared/domain/candle-series.ts';
import {
  type CandlePage,
  foldPrice,
  joinClosed,
  joinSources,
  type LivePrice,
  newestPage,
  olderPage,
  olderThan,
  PAGE_LIMIT,
  trimPages,
} from './candle-page.ts';

const MINUTE = 60_000;
const candle = (start: number, price: number): Candle => ({
  start,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: null,
  tickCount: 1,
});
const seriesOf = (candles: readonly Candle[]): CandleSeries => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  interval: '1m',
  volumeKind: null,
  candles,
  sources: [],
});
const tick = (observedAt: number, price: number, tradedTotal: number | null = null): LivePrice => ({
  observedAt,
  price,
  volume24h: null,
  tradedTotal,
  isTrade: tradedTotal !== null,
  source: null,
});
const pageOf = (candles: readonly Candle[], tradedTotal: number | null = null): CandlePage =>
  newestPage(seriesOf(candles), tradedTotal);
const EMPTY = pageOf([]);

describe('a page of candles', () => {
  it('keeps the last candle of the newest page separate', () => {
    const page = pageOf([candle(0, 1), candle(MINUTE, 2)]);
    expect(page.closed).toEqual([candle(0, 1)]);
    expect(page.live).toEqual(candle(MINUTE, 2));
  });

  it('has older candles before it only if it is full', () => {
    const full = Array.from({ length: PAGE_LIMIT }, (_, n) => candle(n * MINUTE, 1));
    expect(olderPage(seriesOf(full)).hasOlder).toBe(true);
    expect(olderPage(seriesOf(full.slice(1))).hasOlder).toBe(false);
  });

  it('is joined with others, oldest first', () => {
    const newest = pageOf([candle(2 * MINUTE, 3), candle(3 * MINUTE, 4)]);
    const older = olderPage(seriesOf([candle(0, 1), candle(MINUTE, 2)]));
    expect(joinClosed([newest, older]).map(({ start }) => start)).toEqual([0, MINUTE, 2 * MINUTE]);
  });

  it('omits volume of another kind than that of the newest page', () => {
    const withVolume = (start: number, volumeKind: CandleSeries['volumeKind']): CandlePage =>
      olderPage({ ...seriesOf([{ ...candle(start, 1), volume: 7 }]), volumeKind });
    const pages = [withVolume(2, 'traded'), withVolume(1, 'rolling-24h'), withVolume(0, 'traded')];
    expect(joinClosed(pages).map(({ volume }) => volume)).toEqual([7, null, 7]);
  });

  it('is followed by the candles before its oldest one, with its kind of volume', () => {
    const full = Array.from({ length: PAGE_LIMIT }, (_, n) => candle(n * MINUTE, 1));
    const newest = olderPage({ ...seriesOf([candle(PAGE_LIMIT * MINUTE, 1)]), volumeKind: 'traded' });
    expect(olderThan([newest, olderPage(seriesOf(full))])).toEqual({ before: 0, volumeKind: 'traded' });
    expect(olderThan([olderPage(seriesOf(full))])).toEqual({ before: 0, volumeKind: null });
    expect(olderThan([newest])).toBeUndefined();
  });

  it('drops old candles when it has grown to twice its limit', () => {
    const grown: CandlePage = {
      ...EMPTY,
      closed: Array.from({ length: 2 * PAGE_LIMIT }, (_, n) => candle(n * MINUTE, 1)),
    };
    const older = olderPage(seriesOf([candle(-MINUTE, 1)]));
    const [kept, ...others] = trimPages([grown, older]);
    expect(kept?.closed).toHaveLength(PAGE_LIMIT);
    expect(kept?.closed.at(-1)?.start).toBe((2 * PAGE_LIMIT - 1) * MINUTE);
    expect(kept?.hasOlder).toBe(true);
    expect(others).toEqual([]);
  });
});

describe('foldPrice', () => {
  it('starts the first candle of an empty chart', () => {
    expect(foldPrice(EMPTY, '1m', tick(90_000, 7)).live).toEqual(candle(MINUTE, 7));
  });

  it('moves only the live candle within a bucket', () => {
    const page = pageOf([candle(0, 1), candle(MINUTE, 2)]);
    const folded = foldPrice(page, '1m', tick(MINUTE + 5, 3));
    expect(folded.closed).toBe(page.closed);
    expect(folded.live).toMatchObject({ open: 2, high: 3, low: 2, close: 3 });
  });

  it('closes the live candle at a bucket boundary and keeps gaps', () => {
    const folded = foldPrice(pageOf([candle(0, 1)]), '1m', tick(5 * MINUTE, 4));
    expect(folded.closed).toEqual([candle(0, 1)]);
    expect(folded.live).toEqual(candle(5 * MINUTE, 4));
  });

  it('folds a late price into the candle of its time', () => {
    const page = pageOf([candle(0, 1), candle(2 * MINUTE, 2), candle(3 * MINUTE, 3)]);
    expect(foldPrice(page, '1m', tick(10, 9)).closed[0]).toMatchObject({ open: 1, high: 9, close: 9 });
    expect(foldPrice(page, '1m', tick(MINUTE, 9)).closed.map(({ start }) => start)).toEqual([
      0,
      MINUTE,
      2 * MINUTE,
    ]);
  });

  it('ignores a price from before the page', () => {
    const page = pageOf([candle(5 * MINUTE, 1), candle(6 * MINUTE, 1)]);
    expect(foldPrice(page, '1m', tick(MINUTE, 9))).toBe(page);
  });

  it('sets the source of the candle that is not closed yet to that of its price', () => {
    const page = newestPage(
      { ...seriesOf([candle(0, 1), candle(MINUTE, 2)]), sources: [{ since: 0, source: 'coingecko' }] },
      null,
    );
    const of = (source: string, observedAt: number, price: number) => ({
      ...tick(observedAt, price),
      source,
    });
    const other = foldAll(page, [of('coingecko', MINUTE + 5, 3), of('kraken', 2 * MINUTE, 4)]);
    expect(other.sources).toEqual([
      { since: 0, source: 'coingecko' },
      { since: 2 * MINUTE, source: 'kraken' },
    ]);
    expect(foldPrice(other, '1m', of('binance', MINUTE + 9, 5)).sources).toBe(other.sources);
    const older = olderPage({
      ...seriesOf([candle(-MINUTE, 1)]),
      sources: [{ since: -MINUTE, source: 'kraken' }],
    });
    expect(joinSources([other, older]).map(({ source }) => source)).toEqual([
      'kraken',
      'coingecko',
      'kraken',
    ]);
  });

  it('uses a rolling volume as a level, and none in a series of traded volume', () => {
    const traded = { ...pageOf([candle(0, 1)]), volumeKind: 'traded' as const };
    const withVolume = { ...tick(5, 2), volume24h: 1_000 };
    expect(foldPrice(traded, '1m', withVolume).live?.volume).toBeNull();
    expect(foldPrice(EMPTY, '1m', withVolume)).toMatchObject({
      volumeKind: 'rolling-24h',
      live: { volume: 1_000 },
    });
  });

  describe('with traded volume', () => {
    const tradedPage = (tradedTotal: number | null): CandlePage =>
      newestPage(
        {
          ...seriesOf([
            { ...candle(0, 1), volume: 4 },
            { ...candle(MINUTE, 2), volume: 6 },
          ]),
          volumeKind: 'traded',
        },
        tradedTotal,
      );
    const volumes = ({ closed, live }: CandlePage) =>
      [...closed, ...(live ? [live] : [])].map(({ volume }) => volume);

    it('adds the growth of the counter to the candle that is not closed yet, and starts the next one with it', () => {
      const grown = foldPrice(tradedPage(10), '1m', tick(MINUTE + 5, 2, 12));
      expect(volumes(grown)).toEqual([4, 8]);
      expect(volumes(foldPrice(grown, '1m', tick(2 * MINUTE, 3, 15)))).toEqual([4, 8, 3]);
      expect(volumes(foldPrice(grown, '1m', tick(2 * MINUTE, 3, 12)))).toEqual([4, 8, null]);
    });

    it('counts nothing twice, and nothing from before the series was loaded', () => {
      const once = foldPrice(tradedPage(10), '1m', tick(MINUTE + 5, 2, 12));
      expect(foldPrice(once, '1m', tick(MINUTE + 5, 2, 12))).toBe(once);
      const unknown = foldPrice(tradedPage(null), '1m', tick(MINUTE + 5, 2, 500));
      expect(volumes(unknown)).toEqual([4, 6]);
      expect(volumes(foldPrice(unknown, '1m', tick(MINUTE + 6, 2, 501)))).toEqual([4, 7]);
    });

    it('ignores polled prices for a candle that has trades', () => {
      const page = tradedPage(10);
      expect(foldPrice(page, '1m', tick(MINUTE + 5, 9))).toBe(page);
      expect(foldPrice(page, '1m', tick(5, 9))).toBe(page);
    });

    it('replaces the polled prices of a candle with its first trade', () => {
      const polled = foldAll(tradedPage(10), [tick(2 * MINUTE, 9), tick(2 * MINUTE + 5, 8)]);
      expect(polled.live).toMatchObject({ start: 2 * MINUTE, open: 9, high: 9, low: 8, close: 8 });
      const traded = foldPrice(polled, '1m', tick(2 * MINUTE + 10, 3, 12));
      expect(traded.live).toMatchObject({ start: 2 * MINUTE, open: 3, high: 3, low: 3, volume: 2 });
      const next = foldAll(traded, [tick(2 * MINUTE + 15, 9), tick(2 * MINUTE + 20, 4, 13)]);
      expect(next.live).toMatchObject({ open: 3, high: 4, close: 4, volume: 3 });
    });

    it('treats a smaller counter as one that was reset', () => {
      const anew = foldPrice(tradedPage(10), '1m', tick(MINUTE + 5, 2, 3));
      expect(volumes(anew)).toEqual([4, 6]);
      expect(volumes(foldPrice(anew, '1m', tick(MINUTE + 6, 2, 4)))).toEqual([4, 7]);
    });

    it('does not change with a price without a counter', () => {
      const page = foldPrice(tradedPage(10), '1m', { ...tick(MINUTE + 5, 3), isTrade: true });
      expect(volumes(foldPrice(page, '1m', tick(MINUTE + 6, 3, 11)))).toEqual([4, 7]);
    });

    it('sets the kind of a series without volume to traded, and does not change a rolling one', () => {
      const first = foldPrice(pageOf([candle(0, 1)], 0), '1m', { ...tick(5, 1, 0.5), volume24h: 1_000 });
      expect(first).toMatchObject({ volumeKind: 'traded', live: { volume: 0.5 } });
      const rolling = { ...pageOf([candle(0, 1)], 0), volumeKind: 'rolling-24h' as const };
      const next = foldPrice(rolling, '1m', { ...tick(5, 1, 0.5), volume24h: 1_000 });
      expect(next).toMatchObject({ volumeKind: 'rolling-24h', live: { volume: 1_000 } });
      expect(volumes(foldPrice(next, '1m', tick(6, 1, 0.75)))).toEqual([1_000]);
    });

    it('distributes the growth of the counter to the candles, however often a quote is received', () => {
      const quotes = fc
        .array(
          fc.tuple(fc.integer({ min: 0, max: 5 * MINUTE }), fc.double({ min: 0, max: 100, noNaN: true })),
        )
        .map((pairs) => {
          let total = 7;
          return pairs
            .toSorted(([a], [b]) => a - b)
            .map(([at, amount]) => {
              total += amount;
              return tick(at, 1, total);
            });
        });
      fc.assert(
        fc.property(quotes, (ticks) => {
          const page = foldAll(
            pageOf([], 7),
            ticks.flatMap((one) => [one, one]),
          );
          const sum = volumes(page).reduce<number>((all, volume) => all + (volume ?? 0), 0);
          expect(sum).toBeCloseTo((ticks.at(-1)?.tradedTotal ?? 7) - 7, 6);
        }),
      );
    });
  });

  it('returns the same candles, price by price, as a full recomputation', () => {
    fc.assert(
      fc.property(prices(), (ticks) => {
        const page = foldAll(EMPTY, ticks);
        expect([...page.closed, page.live].filter(Boolean)).toEqual(bruteForce(ticks));
      }),
    );
  });

  it('is not changed by a quote that it has received before', () => {
    fc.assert(
      fc.property(prices(), (ticks) => {
        const once = foldAll(EMPTY, ticks);
        expect(foldAll(once, ticks)).toEqual(once);
        const newest = ticks.at(-1);
        if (newest !== undefined) expect(foldPrice(once, '1m', newest)).toBe(once);
      }),
    );
  });
});

const foldAll = (page: CandlePage, ticks: readonly LivePrice[]): CandlePage =>
  ticks.reduce((folded, one) => foldPrice(folded, '1m', one), page);

/** Prices in the order of their times, over a few minutes. */
const prices = () =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 10 * MINUTE }), fc.integer({ min: 1, max: 100 })), {
      minLength: 1,
    })
    .map((pairs) => pairs.toSorted(([a], [b]) => a - b).map(([at, price]) => tick(at, price)));

function bruteForce(ticks: readonly LivePrice[]): unknown[] {
  const buckets = Map.groupBy(ticks, ({ observedAt }) => Math.floor(observedAt / MINUTE) * MINUTE);
  return [...buckets].map(([start, inside]) => {
    const values = inside.map(({ price }) => price);
    return {
      start,
      open: values[0],
      high: Math.max(...values),
      low: Math.min(...values),
      close: values.at(-1),
      volume: null,
      tickCount: 1,
    };
  });
}
