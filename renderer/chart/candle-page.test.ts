import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandleSeries } from '../../shared/api.ts';
import type { Candle } from '../../shared/domain.ts';
import {
  type CandlePage,
  foldPrice,
  joinClosed,
  type LivePrice,
  newestPage,
  olderPage,
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
});
const tick = (observedAt: number, price: number): LivePrice => ({ observedAt, price, volume24h: null });
const EMPTY = newestPage(seriesOf([]));

describe('a page of candles', () => {
  it('keeps the last candle of the newest stretch apart', () => {
    const page = newestPage(seriesOf([candle(0, 1), candle(MINUTE, 2)]));
    expect(page.closed).toEqual([candle(0, 1)]);
    expect(page.live).toEqual(candle(MINUTE, 2));
  });

  it('has older ones before it only when it is full', () => {
    const full = Array.from({ length: PAGE_LIMIT }, (_, n) => candle(n * MINUTE, 1));
    expect(olderPage(seriesOf(full)).hasOlder).toBe(true);
    expect(olderPage(seriesOf(full.slice(1))).hasOlder).toBe(false);
  });

  it('joins its stretches oldest first', () => {
    const newest = newestPage(seriesOf([candle(2 * MINUTE, 3), candle(3 * MINUTE, 4)]));
    const older = olderPage(seriesOf([candle(0, 1), candle(MINUTE, 2)]));
    expect(joinClosed([newest, older]).map(({ start }) => start)).toEqual([0, MINUTE, 2 * MINUTE]);
  });

  it('leaves out volume of another kind than that of the newest stretch', () => {
    const withVolume = (start: number, volumeKind: CandleSeries['volumeKind']): CandlePage =>
      olderPage({ ...seriesOf([{ ...candle(start, 1), volume: 7 }]), volumeKind });
    const pages = [withVolume(2, 'traded'), withVolume(1, 'rolling-24h'), withVolume(0, 'traded')];
    expect(joinClosed(pages).map(({ volume }) => volume)).toEqual([7, null, 7]);
  });

  it('lets go of old candles once it has grown to twice its limit', () => {
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
    const page = newestPage(seriesOf([candle(0, 1), candle(MINUTE, 2)]));
    const folded = foldPrice(page, '1m', tick(MINUTE + 5, 3));
    expect(folded.closed).toBe(page.closed);
    expect(folded.live).toMatchObject({ open: 2, high: 3, low: 2, close: 3 });
  });

  it('closes the live candle at a bucket boundary and leaves a gap a gap', () => {
    const folded = foldPrice(newestPage(seriesOf([candle(0, 1)])), '1m', tick(5 * MINUTE, 4));
    expect(folded.closed).toEqual([candle(0, 1)]);
    expect(folded.live).toEqual(candle(5 * MINUTE, 4));
  });

  it('puts a late price into the candle that it belongs to', () => {
    const page = newestPage(seriesOf([candle(0, 1), candle(2 * MINUTE, 2), candle(3 * MINUTE, 3)]));
    expect(foldPrice(page, '1m', tick(10, 9)).closed[0]).toMatchObject({ open: 1, high: 9, close: 9 });
    expect(foldPrice(page, '1m', tick(MINUTE, 9)).closed.map(({ start }) => start)).toEqual([
      0,
      MINUTE,
      2 * MINUTE,
    ]);
  });

  it('ignores a price from before the page', () => {
    const page = newestPage(seriesOf([candle(5 * MINUTE, 1), candle(6 * MINUTE, 1)]));
    expect(foldPrice(page, '1m', tick(MINUTE, 9))).toBe(page);
  });

  it('takes a rolling volume as the level that it is, and none into a series of traded volume', () => {
    const traded = { ...newestPage(seriesOf([candle(0, 1)])), volumeKind: 'traded' as const };
    const withVolume = { observedAt: 5, price: 2, volume24h: 1_000 };
    expect(foldPrice(traded, '1m', withVolume).live?.volume).toBeNull();
    expect(foldPrice(EMPTY, '1m', withVolume)).toMatchObject({
      volumeKind: 'rolling-24h',
      live: { volume: 1_000 },
    });
  });

  it('gives, price by price, the candles that a whole recomputation gives', () => {
    fc.assert(
      fc.property(prices(), (ticks) => {
        const page = foldAll(EMPTY, ticks);
        expect([...page.closed, page.live].filter(Boolean)).toEqual(bruteForce(ticks));
      }),
    );
  });

  it('is not changed by hearing again what it has heard', () => {
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
