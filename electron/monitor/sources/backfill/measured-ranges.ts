import { type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { joined, type TimeRange, without } from '../../history/time-ranges.ts';

const HOUR_MS = 3_600_000;

/** A coin whose price stands still for longer than this while others move is taken for one that was not watched. */
const LONGEST_STILL_MS = 6 * HOUR_MS;

/**
 * The time that needs no history of a coin, in whole buckets of the interval. Where a coin has no tick although others
 * have, the program ran and the coin's price stood still: that is no gap, unless it is so long that the coin was not
 * among the watched. A gap is a time in which nothing was measured: sleep, an outage, a crash, the time before the start.
 *
 * @param own stretches with ticks of the coin
 * @param all stretches with ticks of any coin
 */
export function measuredRanges(
  own: readonly TimeRange[],
  all: readonly TimeRange[],
  interval: Interval,
): readonly TimeRange[] {
  const stretches = joined(own);
  const bridges = stretches.flatMap((stretch, index) => {
    const next = stretches[index + 1];
    if (next === undefined || next.from - stretch.to > LONGEST_STILL_MS) return [];
    const gap = { from: stretch.to, to: next.from };
    return without([gap], all).length === 0 ? [gap] : [];
  });
  const lengthMs = intervalLengthMs(interval);
  return joined(
    [...stretches, ...bridges].map(({ from, to }) => ({
      from: Math.floor(from / lengthMs) * lengthMs,
      to: Math.ceil(to / lengthMs) * lengthMs,
    })),
  );
}
