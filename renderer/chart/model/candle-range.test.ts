import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleAt, candlesWithin, firstFrom } from './candle-range.ts';

const starts = fc
  .uniqueArray(fc.integer({ min: 0, max: 50 }))
  .map((numbers) => numbers.toSorted((a, b) => a - b).map((n) => ({ start: n * 10 })));

describe('the candles of a range', () => {
  it('are those that overlap it', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: -20, max: 520 }), fc.nat(200), (candles, from, length) => {
        const to = from + length;
        expect(candlesWithin(candles, { from, to }, 10)).toEqual(
          candles.filter(({ start }) => start + 10 > from && start < to),
        );
      }),
    );
  });

  it('begin at the first that is not earlier', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: -5, max: 520 }), (candles, at) => {
        const expected = candles.findIndex(({ start }) => start >= at);
        expect(firstFrom(candles, at)).toBe(expected === -1 ? candles.length : expected);
      }),
    );
  });
});

describe('candleAt', () => {
  const candles = [{ start: 0 }, { start: 10 }, { start: 40 }];

  it('finds the candle whose bucket contains the time', () => {
    expect(candleAt(candles, 19, 10)).toBe(candles[1]);
    expect(candleAt(candles, 40, 10)).toBe(candles[2]);
  });

  it('finds no candle in a gap, before the first or after the last', () => {
    expect([-1, 20, 39, 50].map((at) => candleAt(candles, at, 10))).toEqual(Array(4).fill(undefined));
  });
});
