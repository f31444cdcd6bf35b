import type { HistoryCandle } from '../../history/history-store.ts';
import type { TimeRange } from '../../history/time-ranges.ts';

/** Providers publish their newest candle late; until then its absence is not conclusive. */
const MIN_PUBLISHING_MS = 30 * 60_000;

/**
 * The part of a requested range that a result covers: all of it, except a newest part that the provider may still
 * publish. Null when nothing is covered.
 */
export function coveredRange(
  range: TimeRange,
  result: { readonly candles: readonly HistoryCandle[]; readonly lengthMs: number; readonly now: number },
): TimeRange | null {
  const { candles, lengthMs, now } = result;
  if (now - range.to >= Math.max(MIN_PUBLISHING_MS, lengthMs)) return range;
  const to = candles
    .map(({ start }) => start + lengthMs)
    .filter((end) => end > range.from && end <= range.to)
    .reduce((last, end) => Math.max(last, end), range.from);
  return to > range.from ? { from: range.from, to } : null;
}
