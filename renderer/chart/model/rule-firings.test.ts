import { describe, expect, it } from 'vitest';
import { ruleFirings } from './rule-firings.ts';

const closes = (...values: number[]) =>
  values.map((close, index) => ({
    start: index,
    open: close,
    high: close,
    low: close,
    close,
    volume: null,
    tickCount: 1,
  }));
const flat = (value: number, length = 9) => new Float64Array(length).fill(value);

describe('ruleFirings', () => {
  it('fires once for each time that the price leaves the band, on either side', () => {
    const candles = closes(100, 103, 104, 101, 103, 97, 96, 100);
    expect(ruleFirings(candles, flat(102), flat(98))).toEqual([
      { index: 1, direction: 'up' },
      { index: 4, direction: 'up' },
      { index: 5, direction: 'down' },
    ]);
  });

  it('does not fire at exactly the threshold, or without a band', () => {
    expect(ruleFirings(closes(102, 98), flat(102), flat(98))).toEqual([]);
    expect(ruleFirings(closes(500, 1), flat(Number.NaN), flat(Number.NaN))).toEqual([]);
  });
});
