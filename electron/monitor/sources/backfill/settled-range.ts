import type { HistoryCandle } from '../../history/history-store.ts';
import type { TimeRange } from '../../history/time-ranges.ts';

/** Providers publish their newest candle late; until then its absence says nothing. */
const LEAST_SETTLING_MS = 30 * 60_000;

/**
 * What of a stretch need not be asked for again after an answer: all of it, but for a newest end that the provider may
 * yet publish. Null when that is nothing.
 */
export function settledRange(
  stretch: TimeRange,
  answer: { readonly candles: readonly HistoryCandle[]; readonly lengthMs: number; readonly now: number },
): TimeRange | null {
  const { candles, lengthMs, now } = answer;
  if (now - stretch.to >= Math.max(LEAST_SETTLING_MS, lengthMs)) return stretch;
  const to = candles
    .map(({ start }) => start + lengthMs)
    .filter((end) => end > stretch.from && end <= stretch.to)
    .reduce((last, end) => Math.max(last, end), stretch.from);
  return to > stretch.from ? { from: stretch.from, to } : null;
}
