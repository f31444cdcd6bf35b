import type { Alert } from '../../../shared/domain/alert.ts';
import type { PriceSeries } from './price-series.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** A move within an hour without an alert nearby. */
export type MissedMove = {
  /** The times of the move's first price and of the price that it reached. */
  readonly from: number;
  readonly to: number;
  readonly changePct: number;
};

export type BacktestSummary = {
  readonly from: number;
  readonly to: number;
  readonly prices: number;
  readonly alerts: number;
  /** Null for prices of less than a day, which are too few for a rate. */
  readonly perWeek: number | null;
  /** Days in UTC with an alert, oldest first. */
  readonly days: readonly { readonly day: number; readonly alerts: number }[];
  /** The first of the days with the most alerts; null if there are none. */
  readonly worstDay: { readonly day: number; readonly alerts: number } | null;
  /** The minimum size of a move to count as missed. */
  readonly missedPct: number;
  /** Oldest first; overlapping moves are merged. */
  readonly missed: readonly MissedMove[];
};

/**
 * Summarizes a backtest so that a user can judge a rule: how often it would have raised an alert, on which days, and what it
 * would have missed.
 *
 * @param missedPct a change of more than this within an hour is a move; it is missed when no alert was raised from its beginning
 *   to an hour after its end
 */
export function summarize(
  series: PriceSeries,
  alerts: readonly Pick<Alert, 'observedAt'>[],
  missedPct: number,
): BacktestSummary {
  const { times, warmUp } = series;
  const [from = 0, to = 0] = [times[warmUp], times.at(-1)];
  const byDay = new Map<number, number>();
  for (const { observedAt } of alerts) {
    const day = Math.floor(observedAt / DAY_MS) * DAY_MS;
    byDay.set(day, (byDay.get(day) ?? 0) + 1);
  }
  const days = [...byDay].map(([day, count]) => ({ day, alerts: count }));
  const worstDay = days.reduce<(typeof days)[number] | null>(
    (worst, day) => (worst === null || day.alerts > worst.alerts ? day : worst),
    null,
  );
  return {
    from,
    to,
    prices: times.length - warmUp,
    alerts: alerts.length,
    perWeek: to - from < DAY_MS ? null : (alerts.length * WEEK_MS) / (to - from),
    days,
    worstDay,
    missedPct,
    missed: movesWithin(series, HOUR_MS, missedPct).filter(
      (move) => !alerts.some(({ observedAt }) => observedAt >= move.from && observedAt <= move.to + HOUR_MS),
    ),
  };
}

/**
 * Changes of more than `pct` per cent within `windowMs`, from the lowest or highest price of the window. Of overlapping moves
 * only the largest is returned.
 *
 * Both extremes are kept as monotonic queues, so that the cost does not depend on the window.
 */
export function movesWithin(series: PriceSeries, windowMs: number, pct: number): readonly MissedMove[] {
  const { times, prices, warmUp } = series;
  const lows = new IndexQueue(times.length - warmUp);
  const highs = new IndexQueue(times.length - warmUp);
  const moves: MissedMove[] = [];
  for (let index = warmUp; index < times.length; index++) {
    const price = prices[index] ?? 0;
    const since = (times[index] ?? 0) - windowMs;
    while (lows.length > 0 && (times[lows.first] ?? 0) < since) lows.dropFirst();
    while (highs.length > 0 && (times[highs.first] ?? 0) < since) highs.dropFirst();
    while (lows.length > 0 && (prices[lows.last] ?? 0) >= price) lows.dropLast();
    while (highs.length > 0 && (prices[highs.last] ?? 0) <= price) highs.dropLast();
    lows.add(index);
    highs.add(index);
    const rise = (price / (prices[lows.first] ?? 0) - 1) * 100;
    const fall = (price / (prices[highs.first] ?? 0) - 1) * 100;
    const isRise = Math.abs(rise) >= Math.abs(fall);
    const changePct = isRise ? rise : fall;
    if (Math.abs(changePct) <= pct) continue;
    const from = times[isRise ? lows.first : highs.first] ?? 0;
    addMove(moves, { from, to: times[index] ?? 0, changePct });
  }
  return moves;
}

/** Of overlapping moves, keeps the largest. */
function addMove(moves: MissedMove[], move: MissedMove): void {
  const last = moves.at(-1);
  if (last === undefined || move.from > last.to) moves.push(move);
  else if (Math.abs(move.changePct) > Math.abs(last.changePct)) moves[moves.length - 1] = move;
}

/** A queue of indexes that are removed from both ends, and each added once. */
class IndexQueue {
  readonly #items: Int32Array;
  #start = 0;
  #end = 0;

  constructor(capacity: number) {
    this.#items = new Int32Array(capacity);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  get first(): number {
    return this.#items[this.#start] ?? 0;
  }

  get last(): number {
    return this.#items[this.#end - 1] ?? 0;
  }

  add(index: number): void {
    this.#items[this.#end] = index;
    this.#end++;
  }

  dropFirst(): void {
    this.#start++;
  }

  dropLast(): void {
    this.#end--;
  }
}
