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
import { recordedRanges } from './recorded-ranges.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How far back each interval is filled: a few screens of candles, and two years of daily ones. */
const DEPTH_MS: Readonly<Record<HistoryInterval, number>> = {
  '1m': DAY_MS / 2,
  '5m': 3 * DAY_MS,
  '15m': 8 * DAY_MS,
  '1h': 90 * DAY_MS,
  '4h': 180 * DAY_MS,
  '1d': 730 * DAY_MS,
};

/** How far back recorded minutes are read, and recorded hours beyond. */
export const MINUTES_BACK_MS = DEPTH_MS['15m'];
export const HOURS_BACK_MS = DEPTH_MS['1d'];

/** A gap of fewer candles than this is not requested if finer candles fill it, because calls are scarce. */
const FEW_CANDLES = 12;

/** One request to a source: the query, and the ranges within it whose candles are needed. */
export type HistoryRequest = HistoryQuery & {
  readonly source: string;
  readonly ranges: readonly TimeRange[];
};

export type BackfillInput = {
  readonly now: number;
  readonly vsCurrency: string;
  /** In the order in which they are filled. */
  readonly coins: readonly CoinCoverage[];
  /** In order of preference. */
  readonly sources: readonly Pick<HistorySource, 'name' | 'reach'>[];
  /** Sources whose circuit is open are skipped; a later plan uses them. */
  readonly isCircuitOpen: (source: string, coinId: string, interval: HistoryInterval) => boolean;
};

/**
 * Plans requests for everything within the depth of each interval that is neither recorded nor covered, as far as a
 * source reaches. Requests are ordered by coin, then from the finest interval to the coarsest, and from newest to
 * oldest. What finer candles fill too comes last, because it only refines charts.
 */
export function planBackfill(input: BackfillInput): readonly HistoryRequest[] {
  const { now, vsCurrency, coins, sources, isCircuitOpen } = input;
  const all = {
    minutes: joined(coins.flatMap(({ minutes }) => minutes)),
    hours: joined(coins.flatMap(({ hours }) => hours)),
  };
  const needed: HistoryRequest[] = [];
  const optional: HistoryRequest[] = [];
  for (const coin of coins) {
    /** What candles of finer intervals fill now or after this plan. */
    let finer: readonly TimeRange[] = [];
    for (const interval of HISTORY_INTERVALS) {
      const grain = intervalLengthMs(interval) < HOUR_MS ? 'minutes' : 'hours';
      const recorded = recordedRanges(coin[grain], all[grain], interval);
      const covered = coin.covered.filter((one) => one.interval === interval);
      const foundRanges = covered.filter(({ found }) => found);
      const depth = {
        from: bucketStart(now - DEPTH_MS[interval], interval),
        to: bucketStart(now, interval),
      };
      let missing: readonly TimeRange[] = without([depth], [...recorded, ...foundRanges]).filter(
        (gap) =>
          gap.to - gap.from >= FEW_CANDLES * intervalLengthMs(interval) || without([gap], finer).length > 0,
      );
      const planned: TimeRange[] = [];
      for (const source of sources) {
        const reach = source.reach(interval);
        if (reach === null || isCircuitOpen(source.name, coin.coinId, interval)) continue;
        const reached = { from: firstBucketFrom(now - reach.reachMs, interval), to: depth.to };
        const notFound = covered.filter(({ found, source: name }) => !found && name === source.name);
        const ranges = without(within(missing, reached), notFound);
        const query = { coinId: coin.coinId, vsCurrency, interval, source: source.name };
        for (const part of parts(ranges, reach.candlesPerRequest * intervalLengthMs(interval))) {
          const list = without(part, finer).length > 0 ? needed : optional;
          list.push({ ...query, ...spanOf(part), ranges: part });
        }
        missing = without(missing, ranges);
        planned.push(...ranges);
      }
      finer = joined([...finer, ...planned, ...foundRanges]);
    }
  }
  return [...needed, ...optional];
}

/** Groups ranges so that each group spans at most `spanMs`, the newest first; long ranges are cut. */
function parts(ranges: readonly TimeRange[], spanMs: number): readonly (readonly TimeRange[])[] {
  const groups: TimeRange[][] = [];
  /** Ranges that start before this do not fit into the last group. */
  let earliest = Number.POSITIVE_INFINITY;
  for (const range of ranges.toReversed()) {
    let { to } = range;
    while (to > range.from) {
      if (to <= earliest) {
        groups.push([]);
        earliest = to - spanMs;
      }
      const from = Math.max(range.from, earliest);
      groups.at(-1)?.unshift({ from, to });
      to = from;
    }
  }
  return groups;
}

function spanOf(ranges: readonly TimeRange[]): TimeRange {
  return {
    from: Math.min(...ranges.map(({ from }) => from)),
    to: Math.max(...ranges.map(({ to }) => to)),
  };
}

function firstBucketFrom(at: number, interval: Interval): number {
  const start = bucketStart(at, interval);
  return start < at ? start + intervalLengthMs(interval) : start;
}
