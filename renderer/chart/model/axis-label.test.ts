import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AxisFrame } from './axis-frame.ts';
import { priceOnAxis, timeLabelMiddle } from './axis-label.ts';

const axis: AxisFrame = {
  id: 'price',
  domain: [50, 150],
  kind: 'linear',
  isInverted: false,
  ticks: [],
  decimals: -1,
  unit: 'price',
  percentBase: 100,
};

describe('a price on the axis', () => {
  it('has all its decimals, or is in per cent if the labels are', () => {
    expect(priceOnAxis(101.5, axis, 'usd')).toBe('101.50');
    expect(priceOnAxis(101.5, { ...axis, unit: 'percent' }, 'usd')).toBe('+1.50%');
  });
});

describe('the label of a time', () => {
  it('is centred below its tick, or shifted if an edge would cut it off', () => {
    const width = 1_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: width }), fc.string({ maxLength: 12 }), (x, label) => {
        const middle = timeLabelMiddle(x, label, width);
        const half = label.length * 3.1;
        expect(middle - half).toBeGreaterThanOrEqual(0);
        expect(middle + half).toBeLessThanOrEqual(width);
        if (x > 40 && x < width - 40) expect(middle).toBe(x);
      }),
    );
  });
});
