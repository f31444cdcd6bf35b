import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../../shared/format/number.ts';
import { priceAxisWidth } from './chart-layout.ts';
import { priceDomain, priceTicks, stepDecimals } from './price-scale.ts';

describe('the width of the price axis', () => {
  it('has room for every label of every part of the prices', () => {
    const power = fc.double({ min: -18, max: 13, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(power, fc.double({ min: 0, max: 2, noNaN: true }), share, share, (exponent, span, a, b) => {
        const [low, high] = [10 ** exponent, 10 ** (exponent + span)];
        const width = priceAxisWidth([low, high]);
        // On a chart of some stretch of time the axis spans only the prices in it.
        const visible = [low + Math.min(a, b) * (high - low), low + Math.max(a, b) * (high - low)] as const;
        const { ticks, step } = priceTicks(priceDomain(visible), 20);
        for (const tick of ticks) {
          expect(formatNumber(tick, stepDecimals(step)).length * 7).toBeLessThanOrEqual(width - 14);
        }
      }),
    );
  });

  it('has room for steps of 2.5, which have a digit more than the finer ones', () => {
    const { ticks, step } = priceTicks(priceDomain([1.9, 1.9]), 20);
    expect(step).toBeCloseTo(0.00025, 10);
    const longest = Math.max(...ticks.map((tick) => formatNumber(tick, stepDecimals(step)).length));
    expect(longest * 7).toBeLessThanOrEqual(priceAxisWidth([1.9, 1.9]) - 14);
  });

  it('is narrow when there is nothing to label', () => {
    expect(priceAxisWidth(null)).toBeLessThan(20);
  });
});
