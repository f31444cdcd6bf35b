import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../../../shared/format/number.ts';
import { extentOf, niceStep, priceDomain, priceTicks, stepDecimals } from './price-scale.ts';

const extents = fc
  .tuple(fc.double({ min: 1e-8, max: 1e6, noNaN: true }), fc.double({ min: 1, max: 3, noNaN: true }))
  .map(([low, ratio]) => [low, low * ratio] as const);

describe('niceStep', () => {
  it.each([
    [0.9, 1],
    [1, 1],
    [1.1, 2],
    [2.2, 2.5],
    [3, 5],
    [7, 10],
    [0.003, 0.005],
  ])('rounds %d up to %d', (min, expected) => {
    expect(niceStep(min)).toBeCloseTo(expected, 10);
  });
});

describe('priceDomain', () => {
  it('contains its prices with less than a third of it empty', () => {
    fc.assert(
      fc.property(extents, ([low, high]) => {
        const [bottom, top] = priceDomain([low, high]);
        expect(bottom).toBeLessThanOrEqual(low);
        expect(top).toBeGreaterThanOrEqual(high);
        const shown = Math.max(high - low, high * 2e-3);
        expect((top - bottom) / shown).toBeLessThan(1.5);
      }),
    );
  });

  it('changes rarely while a price slowly exceeds the old extremes', () => {
    const creeping = Array.from({ length: 1_000 }, (_, n) => priceDomain([100, 110 + n / 1_000]).join());
    expect(new Set(creeping).size).toBeLessThanOrEqual(4);
  });

  it('has an axis for a constant price', () => {
    const [bottom, top] = priceDomain([50, 50]);
    expect(bottom).toBeLessThan(50);
    expect(top).toBeGreaterThan(50);
  });
});

describe('priceTicks', () => {
  it('are round, in order, within the domain, and not too many', () => {
    fc.assert(
      fc.property(extents, fc.integer({ min: 2, max: 15 }), (extent, maxCount) => {
        const [low, high] = priceDomain(extent);
        const { ticks, step } = priceTicks([low, high], maxCount);
        expect(ticks.length).toBeLessThanOrEqual(maxCount + 1);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(low - step * 1e-6);
          expect(tick).toBeLessThanOrEqual(high + step * 1e-6);
          expect(Math.abs(tick / step - Math.round(tick / step))).toBeLessThan(1e-6);
        }
      }),
    );
  });

  it('are distinguished by the decimals of their step', () => {
    expect([25, 2.5, 0.25, 1, 0.00005].map(stepDecimals)).toEqual([0, 1, 2, 0, 5]);
    expect([2.5e-17, 5e-16, 1e9, 2.5e9].map(stepDecimals)).toEqual([18, 16, -9, -8]);
  });

  it('begin with a plain zero', () => {
    const { ticks, step } = priceTicks(priceDomain([1e-18, 1e-16]), 10);
    expect(ticks.map((tick) => formatNumber(tick, stepDecimals(step))).slice(0, 2)).toEqual(['0', '0.0₁₆2']);
  });

  it('are distinct texts for all prices', () => {
    const power = fc.double({ min: -18, max: 14, noNaN: true });
    fc.assert(
      fc.property(power, fc.double({ min: 1, max: 3, noNaN: true }), (exponent, ratio) => {
        const low = 10 ** exponent;
        const { ticks, step } = priceTicks(priceDomain([low, low * ratio]), 10);
        const labels = ticks.map((tick) => formatNumber(tick, stepDecimals(step)));
        expect(new Set(labels).size).toBe(ticks.length);
      }),
    );
  });
});

describe('extentOf', () => {
  it('is the lowest low and the highest high, or null', () => {
    expect(
      extentOf([
        { low: 3, high: 5 },
        { low: 2, high: 4 },
      ]),
    ).toEqual([2, 5]);
    expect(extentOf([])).toBeNull();
  });
});
