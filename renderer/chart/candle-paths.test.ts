import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../shared/domain/candle.ts';
import { bodyWidth, candlePaths, volumeDomain, volumePath } from './candle-paths.ts';

const candle = (start: number, open: number, close: number, volume: number | null = null): Candle => ({
  start,
  open,
  close,
  high: Math.max(open, close) + 5,
  low: Math.min(open, close) - 5,
  volume,
  tickCount: 1,
});
/** Ten pixels a candle, and a price of 100 at the top. */
const x = (at: number): number => at / 100;
const y = (price: number): number => 100 - price;

describe('candlePaths', () => {
  it('draws a rising candle with its body in the middle of its bucket and a wick on both sides', () => {
    expect(candlePaths([candle(0, 20, 40)], 1_000, x, y)).toEqual({
      wicks: 'M5.5 55.5V60.5M5.5 80.5V85.5',
      rising: 'M2.5 60.5h6V80.5h-6Z',
      falling: '',
    });
  });

  it('puts every candle into one of the two bodies, and a still one among the rising', () => {
    const { rising, falling } = candlePaths(
      [candle(0, 20, 40), candle(1_000, 40, 20), candle(2_000, 30, 30)],
      1_000,
      x,
      y,
    );
    expect(rising.match(/M/g)).toHaveLength(2);
    expect(falling.match(/M/g)).toHaveLength(1);
  });

  it('leaves out a wick where the price did not go beyond the body', () => {
    const bald = { ...candle(0, 20, 40), high: 40, low: 20 };
    expect(candlePaths([bald], 1_000, x, y).wicks).toBe('');
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

describe('the volume pane', () => {
  it('draws traded volume as bars that stand on zero, none for none', () => {
    const candles = [candle(0, 1, 1, 30), candle(1_000, 1, 1, null), candle(2_000, 1, 1, 0)];
    expect(volumePath(candles, 'traded', 1_000, x, y)).toBe('M2 100V70h7V100Z');
  });

  it('draws a rolling volume as a line that breaks where a candle is missing', () => {
    const candles = [candle(0, 1, 1, 30), candle(1_000, 1, 1, 40), candle(5_000, 1, 1, 50)];
    const path = volumePath(candles, 'rolling-24h', 1_000, x, y);
    expect(path).toBe('M0.0 70.0H10.0L10.0 60.0H20.0M50.0 50.0H60.0');
  });

  it('has an axis from zero for traded volume and around the level for a rolling one', () => {
    const candles = [candle(0, 1, 1, 100), candle(1_000, 1, 1, 104)];
    expect(volumeDomain(candles, 'traded')[0]).toBe(0);
    expect(volumeDomain(candles, 'rolling-24h')).toEqual([99, 105]);
    expect(volumeDomain([], 'traded')).toEqual([0, 1]);
  });

  it('keep the axis of traded volume still while a bar grows a little, and above it always', () => {
    const top = (volume: number) => volumeDomain([candle(0, 1, 1, volume)], 'traded')[1];
    expect(top(100)).toBe(105);
    expect(top(101)).toBe(top(104));
    for (const volume of [1e-8, 0.0123, 0.07, 3, 999.9, 1e12]) expect(top(volume)).toBeGreaterThan(volume);
  });
});
