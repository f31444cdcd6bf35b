import fc from 'fast-check';
import { expect, it } from 'vitest';
import { priceLine } from './price-line.ts';

const series = (prices: readonly number[]) => ({
  times: Float64Array.from(prices, (_, index) => index * 1_000),
  prices: Float64Array.from(prices),
});

it('keeps the extremes, the order of time, and few points', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 20 }),
      (prices, stretches) => {
        const line = priceLine(series(prices), stretches);
        const shown = line.map(([, price]) => price);
        expect(Math.max(...shown)).toBe(Math.max(...prices));
        expect(Math.min(...shown)).toBe(Math.min(...prices));
        const times = line.map(([at]) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(line.length).toBeLessThanOrEqual(2 * stretches);
        for (const [at, price] of line) expect(prices[at / 1_000]).toBe(price);
      },
    ),
  );
});

it('has no points without prices', () => {
  expect(priceLine(series([]), 10)).toEqual([]);
});
