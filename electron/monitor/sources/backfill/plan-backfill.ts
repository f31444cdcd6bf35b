import {
  bucketStart,
  HISTORY_INTERVALS,
  type HistoryInterval,
  type Interval,
  intervalLengthMs,
} from '../../../../shared/domain/interval.ts';
import type { CoinCoverage } from '../../history/history-store.ts';
import { joined, type TimeRange, within, without } from '../../history/time-ranges.ts';
import type { HistoryQuery, HistorySource } from './history-source.ts';
import { measuredRanges } from './measured-ranges.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How far back each interval is filled: a few screens of candles. Daily ones go back two years. */
const DEPTH_MS: Readonly<Record<HistoryInterval, number>> = {
  '1m': DAY_MS / 2,
  '5m': 3 * DAY_MS,
  '15m': 8 * DAY_MS,
  '1h': 90 * DAY_MS,
  '4h': 180 * DAY_MS,
  '1d': 730 * DAY_MS,
};

/** Minutes are looked through this far back, and hours beyond, for what was measured. */
export const MINUTES_BACK_MS = DEPTH_MS['15m'];
export const HOURS_BACK_MS = DEPTH_MS['1d'];

/** A hole of fewer candles than this is not asked for where finer candles fill it: calls are scarce. */
const FEW_CANDLES = 12;

/** One call to a source: the query, and the times within it that the candles are wanted for. */
export type HistoryRequest = HistoryQuery & {
  readonly source: string;
  readonly stretches: readonly TimeRange[];
};

export type BackfillInput = {
  readonly now: number;
  readonly vsCurrency: string;
  /** In the order in which they are filled. */
  readonly coins: readonly CoinCoverage[];
  /** The first that has a candle is asked for it. */
  readonly sources: readonly Pick<HistorySource, 'name' | 'reach'>[];
  /** Sources that fail just now are passed over; a later plan asks them. */
  readonly isAvoided: (source: string, coinId: string, interval: HistoryInterval) => boolean;
};

/**
 * What to ask for: everything within the depth of each interval that was neither measured nor answered before, as far as
 * a source reaches. Coin after coin; within a coin from the finest interval, which reaches back least, to the coarsest, and
 * from the newest to the oldest. What finer candles fill too comes after all else: it only makes charts better.
 */
export function planBackfill(input: BackfillInput): readonly HistoryRequest[] {
  const { now, vsCurrency, coins, sources, isAvoided } = input;
  const all = {
    minutes: joined(coins.flatMap(({ minutes }) => minutes)),
    hours: joined(coins.flatMap(({ hours }) => hours)),
  };
  const needed: HistoryRequest[] = [];
  const better: HistoryRequest[] = [];
  for (const coin of coins) {
    /** What candles of finer intervals fill, or will. */
    let finer: readonly TimeRange[] = [];
    for (const interval of HISTORY_INTERVALS) {
      const grain = intervalLengthMs(interval) < HOUR_MS ? 'minutes' : 'hours';
      const measured = measuredRanges(coin[grain], all[grain], interval);
      const asked = coin.asked.filter((one) => one.interval === interval);
      const answered = asked.filter(({ found }) => found);
      const wanted = {
        from: bucketStart(now - DEPTH_MS[interval], interval),
        to: bucketStart(now, interval),
      };
      let missing: readonly TimeRange[] = without([wanted], [...measured, ...answered]).filter(
        (hole) =>
          hole.to - hole.from >= FEW_CANDLES * intervalLengthMs(interval) ||
          without([hole], finer).length > 0,
      );
      const planned: TimeRange[] = [];
      for (const source of sources) {
        const reach = source.reach(interval);
        if (reach === null || isAvoided(source.name, coin.coinId, interval)) continue;
        const reached = { from: firstBucketFrom(now - reach.reachMs, interval), to: wanted.to };
        const refused = asked.filter(({ found, source: name }) => !found && name === source.name);
        const stretches = without(within(missing, reached), refused);
        const query = { coinId: coin.coinId, vsCurrency, interval, source: source.name };
        for (const part of parts(stretches, reach.candlesPerRequest * intervalLengthMs(interval))) {
          const list = without(part, finer).length > 0 ? needed : better;
          list.push({ ...query, ...spanOf(part), stretches: part });
        }
        missing = without(missing, stretches);
        planned.push(...stretches);
      }
      finer = joined([...finer, ...planned, ...answered]);
    }
  }
  return [...needed, ...better];
}

/** Stretches in groups that each span at most `spanMs`, the newest first; long stretches are cut. */
function parts(stretches: readonly TimeRange[], spanMs: number): readonly (readonly TimeRange[])[] {
  const groups: TimeRange[][] = [];
  /** What begins before this is too far from the end of the last group. */
  let earliest = Number.POSITIVE_INFINITY;
  for (const stretch of stretches.toReversed()) {
    let { to } = stretch;
    while (to > stretch.from) {
      if (to <= earliest) {
        groups.push([]);
        earliest = to - spanMs;
      }
      const from = Math.max(stretch.from, earliest);
      groups.at(-1)?.unshift({ from, to });
      to = from;
    }
  }
  return groups;
}

function spanOf(stretches: readonly TimeRange[]): TimeRange {
  return {
    from: Math.min(...stretches.map(({ from }) => from)),
    to: Math.max(...stretches.map(({ to }) => to)),
  };
}

function firstBucketFrom(at: number, interval: Interval): number {
  const start = bucketStart(at, interval);
  return start < at ? start + intervalLengthMs(interval) : start;
}
