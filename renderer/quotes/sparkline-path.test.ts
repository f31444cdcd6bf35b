import { describe, expect, it } from 'vitest';
import { sparklinePath } from './sparkline-path.ts';

describe('sparklinePath', () => {
  it('places prices by their times and fills the height', () => {
    const points = [
      [0, 10],
      [25, 20],
      [100, 15],
    ] as const;
    expect(sparklinePath(points, 100, 20)).toBe('M0.0 20.0L25.0 0.0L100.0 10.0');
  });

  it('draws a flat price through the middle', () => {
    const points = [
      [0, 5],
      [10, 5],
    ] as const;
    expect(sparklinePath(points, 50, 20)).toBe('M0.0 10.0L50.0 10.0');
  });

  it('draws nothing for fewer than two times', () => {
    expect([sparklinePath([], 50, 20), sparklinePath([[1, 5]], 50, 20)]).toEqual(['', '']);
  });
});
