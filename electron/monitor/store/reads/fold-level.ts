import { bucketOrigin, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';

const WEEK = 604_800;

/**
 * The lengths to which `history_folds` has historical candles folded, in seconds, longest first; below them, candles of minutes as
 * providers gave them. Each consists of whole ones of the length that follows.
 */
export const FOLD_LEVELS = [WEEK, 86_400, 14_400, 3_600, 900, 300, 60] as const;
export type FoldLevel = (typeof FOLD_LEVELS)[number];

/**
 * The longest level that buckets of the interval consist of. Its folds have every historical candle that a bucket can be made of: those of
 * any longer length do not fit into it.
 */
export function foldLevelOf(interval: Interval): FoldLevel {
  const lengthMs = intervalLengthMs(interval);
  const isAligned = (level: FoldLevel): boolean => level !== WEEK || bucketOrigin(interval) !== 0;
  return FOLD_LEVELS.find((level) => lengthMs % (level * 1_000) === 0 && isAligned(level)) ?? 60;
}
