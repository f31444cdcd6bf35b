import { describe, expect, it } from 'vitest';
import { coveredRange } from './covered-range.ts';

const MINUTE_MS = 60_000;
const FIVE_MS = 5 * MINUTE_MS;
const candle = (start: number) => ({ start, open: 1, high: 1, low: 1, close: 1, volume: null });
const range = { from: 0, to: 4 * FIVE_MS };

describe('the covered range of a result', () => {
  it('is the whole range once the provider has had time to publish it, with or without candles', () => {
    const now = range.to + 30 * MINUTE_MS;
    expect(coveredRange(range, { candles: [], lengthMs: FIVE_MS, now })).toEqual(range);
  });

  it('ends with the last candle while the provider may still publish more', () => {
    const candles = [candle(0), candle(2 * FIVE_MS), candle(9 * FIVE_MS)];
    expect(coveredRange(range, { candles, lengthMs: FIVE_MS, now: range.to })).toEqual({
      from: 0,
      to: 3 * FIVE_MS,
    });
    expect(coveredRange(range, { candles: [], lengthMs: FIVE_MS, now: range.to })).toBeNull();
  });
});
