import { expect, it } from 'vitest';
import { rateScale } from './rate-scale.ts';

const point = (value: number, perWeek: number) => ({ value, perWeek, alerts: Math.round(perWeek * 4) });

it('places values and rates by their logarithms', () => {
  const scale = rateScale({ curve: [point(0.1, 1_000), point(1, 10), point(10, 0)] });
  expect([scale.x(0.1), scale.x(1), scale.x(10), scale.x(0)]).toEqual([0, 0.5, 1, 0]);
  expect(scale.y(1_000)).toBe(0);
  expect(scale.y(10)).toBeCloseTo(0.5);
  expect(scale.y(0)).toBe(1);
});

it('has room for a single point', () => {
  const scale = rateScale({ curve: [point(5, 0)] });
  expect([scale.x(5), scale.y(0)]).toEqual([0.5, 1]);
});
