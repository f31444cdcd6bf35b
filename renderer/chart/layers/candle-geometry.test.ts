import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../shared/domain/candle.ts';
import { bodyWidth, emptyGeometry, measureCandles } from './candle-geometry.ts';

const candle = (start: number, open: number, close: number, more: Partial<Candle> = {}): Candle => ({
  start,
  open,
  close,
  high: Math.max(open, close) + 5,
  low: Math.min(open, close) - 5,
  volume: null,
  tickCount: 1,
  ...more,
});
/** Ten pixels a candle, and a price of 100 at the top. */
const scales = { intervalMs: 1_000, x: (at: number) => at / 100, y: (price: number) => 100 - price };
const measure = (candles: readonly Candle[], other: Partial<typeof scales> = {}) =>
  measureCandles(emptyGeometry(), { candles, first: 0, end: candles.length, ...scales, ...other });

describe('measureCandles', () => {
  it('puts a candle in the middle of its bucket', () => {
    const { count, middle, open, close, high, low, width } = measure([candle(0, 20, 40)]);
    expect([count, middle[0], open[0], close[0], high[0], low[0], width]).toEqual([1, 5, 80, 60, 55, 85, 7]);
  });

  it('distinguishes rising (or unchanged) from falling, and historical from measured', () => {
    const { isRising, isHistory } = measure([
      candle(0, 20, 40),
      candle(1_000, 40, 20, { tickCount: 0 }),
      candle(2_000, 30, 30),
    ]);
    expect([...isRising.slice(0, 3)]).toEqual([1, 0, 1]);
    expect([...isHistory.slice(0, 3)]).toEqual([0, 1, 0]);
  });

  it('merges the candles of a pixel into one column, without losing extremes or volume', () => {
    const prices = fc.double({ min: 10, max: 90, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(prices, prices), { minLength: 1, maxLength: 200 }), (pairs) => {
        const candles = pairs.map(([open, close], index) =>
          candle(index * 1_000, open, close, { volume: 1 }),
        );
        const found = measure(candles, { x: (at) => at / 10_000 });
        expect(found.count).toBe(Math.floor((candles.length - 0.5) / 10) + 1);
        const used = (column: Int32Array) => [...column.slice(0, found.count)];
        expect(Math.min(...used(found.high))).toBe(
          Math.min(...candles.map(({ high }) => Math.round(100 - high))),
        );
        expect(Math.max(...used(found.low))).toBe(
          Math.max(...candles.map(({ low }) => Math.round(100 - low))),
        );
        const volumes = [...found.volume.slice(0, found.count)];
        expect(volumes.reduce((sum, one) => sum + one, 0)).toBe(candles.length);
        expect(found.open[0]).toBe(Math.round(100 - (candles[0]?.open ?? 0)));
        expect(found.close[found.count - 1]).toBe(Math.round(100 - (candles.at(-1)?.close ?? 0)));
      }),
    );
  });
});

describe('bodyWidth', () => {
  it('is odd, at least one pixel, and leaves space between neighbours', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (pitch) => {
        const width = bodyWidth(pitch);
        expect(width % 2).toBe(1);
        expect(width).toBeLessThanOrEqual(Math.max(1, pitch));
      }),
    );
  });
});
