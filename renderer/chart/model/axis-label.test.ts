import { describe, expect, it } from 'vitest';
import type { AxisFrame } from './axis-frame.ts';
import { priceOnAxis } from './axis-label.ts';

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
  it('has all its decimals, and is in per cent where the labels are', () => {
    expect(priceOnAxis(101.5, axis, 'usd')).toBe('101.50');
    expect(priceOnAxis(101.5, { ...axis, unit: 'percent' }, 'usd')).toBe('+1.50\u00a0%');
  });
});
