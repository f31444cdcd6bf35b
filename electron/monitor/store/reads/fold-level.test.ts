import { expect, it } from 'vitest';
import type { Interval } from '../../../../shared/domain/interval.ts';
import { foldLevelOf } from './fold-level.ts';

it.each<[Interval, number]>([
  ['1m', 60],
  ['7m', 60],
  ['5m', 300],
  ['20m', 300],
  ['45m', 900],
  ['2h', 3_600],
  ['6h', 3_600],
  ['12h', 14_400],
  ['3d', 86_400],
  ['2w', 604_800],
  // Seven days are counted from the epoch, a Thursday, and weeks from a Monday.
  ['7d', 86_400],
])('the buckets of %s consist of folds of %i seconds', (interval, level) => {
  expect(foldLevelOf(interval)).toBe(level);
});
