import { bucketOrigin, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';

const WEEK = 604_800;

/**
 * The lengths of the folds in `history_folds`, in seconds, longest first; the last is that of providers' own minute candles. Each
 * length is a multiple of the next one.
 */
const FOLD_LEVELS = [WEEK, 86_400, 14_400, 3_600, 900, 300, 60] as const;
export type FoldLevel = (typeof FOLD_LEVELS)[number];

/**
 * The longest level of which buckets of the interval are a multiple. Its folds include every historical candle that fits into a
 * bucket.
 */
export function foldLevelOf(interval: Interval): FoldLevel {
  const lengthMs = intervalLengthMs(interval);
  const isAligned = (level: FoldLevel): boolean => level !== WEEK || bucketOrigin(interval) !== 0;
  return FOLD_LEVELS.find((level) => lengthMs % (level * 1_000) === 0 && isAligned(level)) ?? 60;
}
