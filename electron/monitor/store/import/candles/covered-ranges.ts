import type { HistoryCandle } from '../../../history/history-store.ts';
import { joined, type TimeRange } from '../../../history/time-ranges.ts';

/** Exchanges omit candles of times without trades. A longer gap counts as missing data. */
const LONGEST_QUIET_MS = 86_400_000;
const LONGEST_QUIET_CANDLES = 12;

/**
 * The ranges that a file of candles covers: those of its candles, and gaps between them of up to a day or twelve candles.
 *
 * @param since the end of the ranges so far; null at the start
 */
export function coveredRanges(
  candles: readonly HistoryCandle[],
  lengthMs: number,
  since: number | null,
): readonly TimeRange[] {
  const longest = Math.max(LONGEST_QUIET_MS, LONGEST_QUIET_CANDLES * lengthMs);
  let end = since;
  return joined(
    candles.map(({ start }) => {
      const from = end !== null && start > end && start - end <= longest ? end : start;
      end = start + lengthMs;
      return { from, to: end };
    }),
  );
}
