import { type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { joined, type TimeRange, without } from '../../history/time-ranges.ts';

const HOUR_MS = 3_600_000;

/** A coin whose price does not change for longer than this while others do was probably not watched. */
const MAX_UNCHANGED_MS = 6 * HOUR_MS;

/**
 * The ranges for which a coin needs no history, in whole buckets of the interval. When a coin has no ticks but others
 * do, the program was running and the coin's price did not change. That is not a gap, unless it is so long that the
 * coin cannot have been watched. A gap is a time without any ticks: sleep, an outage, a crash, the time before the
 * first start.
 *
 * @param own contiguous ranges with ticks of the coin
 * @param all contiguous ranges with ticks of any coin
 */
export function recordedRanges(
  own: readonly TimeRange[],
  all: readonly TimeRange[],
  interval: Interval,
): readonly TimeRange[] {
  const ranges = joined(own);
  const bridges = ranges.flatMap((range, index) => {
    const next = ranges[index + 1];
    if (next === undefined || next.from - range.to > MAX_UNCHANGED_MS) return [];
    const gap = { from: range.to, to: next.from };
    return without([gap], all).length === 0 ? [gap] : [];
  });
  const lengthMs = intervalLengthMs(interval);
  return joined(
    [...ranges, ...bridges].map(({ from, to }) => ({
      from: Math.floor(from / lengthMs) * lengthMs,
      to: Math.ceil(to / lengthMs) * lengthMs,
    })),
  );
}
