import type { HistoryCandle } from '../../../history/history-store.ts';
import { joined, type TimeRange } from '../../../history/time-ranges.ts';

/** Exchanges leave out candles of times without trades. A hole that is longer is one of the file. */
const LONGEST_QUIET_MS = 86_400_000;
const LONGEST_QUIET_CANDLES = 12;

/**
 * The times of which a file of candles says what was traded: those of the candles, and holes between them that are not longer than
 * a day, or twelve candles.
 *
 * @param since the end of what was covered before; null at the start
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
