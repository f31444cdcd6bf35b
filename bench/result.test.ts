import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../tests/integration/seeded-random.ts';
import { median, spreadOf } from './result.ts';

describe('the spread of a figure', () => {
  it('contains the figure of the whole in about 95 of 100 experiments, and narrows with more samples', () => {
    const random = createSeededRandom(1);
    const draw = (count: number): number[] => Array.from({ length: count }, () => random.next());
    let hits = 0;
    for (let experiment = 0; experiment < 100; experiment++) {
      const [low, high] = spreadOf(draw(60), median, random.next);
      if (low <= 0.5 && 0.5 <= high) hits++;
    }
    expect(hits).toBeGreaterThanOrEqual(88);
    const width = (count: number): number => {
      const [low, high] = spreadOf(draw(count), median, random.next);
      return high - low;
    };
    expect(width(1_000)).toBeLessThan(width(20));
  });

  it('is zero when all samples are equal', () => {
    expect(spreadOf([2, 2, 2], median)).toEqual([2, 2]);
  });
});
