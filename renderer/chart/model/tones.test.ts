import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hertzOf, MAX_HZ, MIN_HZ, tonesOf } from './tones.ts';

const price = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
const extent = fc
  .tuple(price, price)
  .filter(([one, other]) => one !== other)
  .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('the frequency of a price', () => {
  it('is the lowest for the lowest price, the highest for the highest, and between them for others', () => {
    fc.assert(
      fc.property(extent, share, ([low, high], part) => {
        expect(hertzOf(low, [low, high])).toBe(MIN_HZ);
        expect(hertzOf(high, [low, high])).toBe(MAX_HZ);
        const between = hertzOf(Math.min(high, low + (high - low) * part), [low, high]);
        expect(between).toBeGreaterThanOrEqual(MIN_HZ);
        expect(between).toBeLessThanOrEqual(MAX_HZ);
      }),
    );
  });

  it('rises with the price, by the same musical interval for the same difference', () => {
    const step = fc.double({ min: 0.01, max: 0.25, noNaN: true });
    fc.assert(
      fc.property(share, share, step, (one, other, by) => {
        const intervalAt = (at: number): number =>
          hertzOf(100 + at / 2 + by, [100, 101]) / hertzOf(100 + at / 2, [100, 101]);
        expect(intervalAt(one)).toBeGreaterThan(1);
        expect(intervalAt(one)).toBeCloseTo(intervalAt(other), 9);
      }),
    );
  });

  it('is the geometric mean when all prices are equal', () => {
    expect(hertzOf(5, [5, 5])).toBe(440);
  });
});

describe('the tones of a chart', () => {
  const closes = fc.array(price, { minLength: 1, maxLength: 300 });

  it('are one for each close, in order, and last at most five seconds', () => {
    fc.assert(
      fc.property(closes, (given) => {
        const tones = tonesOf(given);
        expect(tones?.hertz.length).toBe(Math.max(2, given.length));
        expect(tones?.seconds).toBeGreaterThan(0);
        expect(tones?.seconds).toBeLessThanOrEqual(5);
        for (let index = 1; index < given.length; index++) {
          const [before, after] = [given[index - 1] ?? 0, given[index] ?? 0];
          const [lower, higher] = [tones?.hertz[index - 1] ?? 0, tones?.hertz[index] ?? 0];
          // Closes that differ only slightly may have the same frequency.
          if (after > before) expect(higher).toBeGreaterThanOrEqual(lower);
          else if (after < before) expect(higher).toBeLessThanOrEqual(lower);
          else expect(higher).toBe(lower);
        }
      }),
    );
  });

  it('are the same in another currency', () => {
    fc.assert(
      fc.property(closes, fc.integer({ min: -10, max: 10 }), (given, power) => {
        // A power of two, so that nothing is rounded.
        expect(tonesOf(given.map((close) => close * 2 ** power))).toEqual(tonesOf(given));
      }),
    );
  });

  it('are empty without a close', () => {
    expect(tonesOf([])).toBeNull();
  });
});
