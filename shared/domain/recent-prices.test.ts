import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addRecentPrice, type PricePoint } from './recent-prices.ts';

describe('the last prices of a coin', () => {
  it('have at most sixty points, one for every five seconds with the newest price of that time', () => {
    const recent: PricePoint[] = [];
    for (let second = 0; second < 400; second++) addRecentPrice(recent, second * 1_000, second);
    expect(recent).toHaveLength(60);
    expect(recent.slice(-2)).toEqual([
      [390_000, 394],
      [395_000, 399],
    ]);
  });

  it('end with the newest price, for any order of arrival', () => {
    const step = fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.double({ min: 1, max: 9, noNaN: true }));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        const recent: PricePoint[] = [];
        let at = 0;
        for (const [afterMs, price] of steps) {
          at += afterMs;
          addRecentPrice(recent, at, price);
        }
        expect(recent.at(-1)?.[1]).toBe(steps.at(-1)?.[1]);
        expect(recent.map(([time]) => time)).toEqual(recent.map(([time]) => time).toSorted((a, b) => a - b));
      }),
    );
  });
});
