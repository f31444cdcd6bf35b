import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candlesFromPoints, type PricePoint } from './candles-from-points.ts';

const MINUTE_MS = 60_000;
const FIVE_MS = 5 * MINUTE_MS;
const START = Date.UTC(2026, 0, 1);
const point = (at: number, price: number, volume24h: number | null = null): PricePoint => ({
  at,
  price,
  volume24h,
});
const query = (candles: number) => ({ interval: '5m', from: START, to: START + candles * FIVE_MS }) as const;

describe('candles from points', () => {
  it('open with the price at their start and close with the price at their end', () => {
    const points = [10, 12, 9].map((price, index) => point(START + index * FIVE_MS, price, price * 100));
    expect(candlesFromPoints(points, query(2))).toEqual([
      { start: START, open: 10, high: 12, low: 10, close: 12, volume: 1_200 },
      { start: START + FIVE_MS, open: 12, high: 12, low: 9, close: 9, volume: 900 },
    ]);
  });

  it('use points that are a few seconds before or after the minute', () => {
    const points = [
      point(START - 1_000, 10),
      point(START + FIVE_MS + 1_000, 12),
      point(START + 2 * FIVE_MS - 700, 9),
      point(START + 3 * FIVE_MS + 4, 11),
    ];
    expect(candlesFromPoints(points, query(3)).map(({ open, close }) => [open, close])).toEqual([
      [10, 12],
      [12, 9],
      [9, 11],
    ]);
  });

  it('include all points in between', () => {
    const points = [0, 1, 2, 3, 4, 5].map((minute) =>
      point(START + minute * MINUTE_MS, [5, 9, 3, 4, 8, 6][minute] ?? 0),
    );
    expect(candlesFromPoints(points, query(1))).toEqual([
      { start: START, open: 5, high: 9, low: 3, close: 6, volume: null },
    ]);
  });

  it('are left out where points are missing, including the current one', () => {
    const points = [
      point(START, 1),
      point(START + FIVE_MS, 2),
      point(START + 4 * FIVE_MS, 3),
      point(START + 5 * FIVE_MS, 4),
    ];
    expect(candlesFromPoints(points, query(6)).map(({ start }) => (start - START) / FIVE_MS)).toEqual([
      0, 3, 4,
    ]);
  });

  it('start at multiples of the interval and contain only prices of points, for any points', () => {
    const anyPoint = fc
      .tuple(fc.integer({ min: -2 * FIVE_MS, max: 12 * FIVE_MS }), fc.integer({ min: 1, max: 99 }))
      .map(([after, price]) => point(START + after, price));
    fc.assert(
      fc.property(fc.array(anyPoint, { maxLength: 30 }), (points) => {
        const prices = new Set(points.map(({ price }) => price));
        for (const { start, open, high, low, close } of candlesFromPoints(points, query(10))) {
          expect((start - START) % FIVE_MS).toBe(0);
          expect(start).toBeGreaterThanOrEqual(START);
          expect(start + FIVE_MS).toBeLessThanOrEqual(START + 10 * FIVE_MS);
          for (const price of [open, high, low, close]) expect(prices.has(price)).toBe(true);
          expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
          expect(low).toBeLessThanOrEqual(Math.min(open, close));
        }
      }),
    );
  });
});
