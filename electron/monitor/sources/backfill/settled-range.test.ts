import { describe, expect, it } from 'vitest';
import { settledRange } from './settled-range.ts';

const MINUTE_MS = 60_000;
const FIVE_MS = 5 * MINUTE_MS;
const candle = (start: number) => ({ start, open: 1, high: 1, low: 1, close: 1, volume: null });
const stretch = { from: 0, to: 4 * FIVE_MS };

describe('what an answer settles', () => {
  it('is the whole stretch once the provider has had time to publish it, with candles or without', () => {
    const now = stretch.to + 30 * MINUTE_MS;
    expect(settledRange(stretch, { candles: [], lengthMs: FIVE_MS, now })).toEqual(stretch);
  });

  it('ends with the last candle while the provider may be late', () => {
    const candles = [candle(0), candle(2 * FIVE_MS), candle(9 * FIVE_MS)];
    expect(settledRange(stretch, { candles, lengthMs: FIVE_MS, now: stretch.to })).toEqual({
      from: 0,
      to: 3 * FIVE_MS,
    });
    expect(settledRange(stretch, { candles: [], lengthMs: FIVE_MS, now: stretch.to })).toBeNull();
  });
});
