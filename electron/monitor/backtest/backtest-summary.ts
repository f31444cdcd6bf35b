import type { Alert } from '../../../shared/domain/alert.ts';
import type { PriceSeries } from './price-series.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** A move within an hour that no alert was near of. */
export type MissedMove = {
  /** When the price was the one that the move is measured from, and when it was reached. */
  readonly from: number;
  readonly to: number;
  readonly changePct: number;
};

export type BacktestSummary = {
  readonly from: number;
  readonly to: number;
  readonly prices: number;
  readonly alerts: number;
  /** Null for prices of less than a day: a rate would say too much. */
  readonly perWeek: number | null;
  /** Days in UTC with an alert, oldest first. */
  readonly days: readonly { readonly day: number; readonly alerts: number }[];
  /** The first of the days with the most alerts; null when there are none. */
  readonly worstDay: { readonly day: number; readonly alerts: number } | null;
  /** How large a move has to be to count as missed. */
  readonly missedPct: number;
  /** Oldest first; moves that overlap are one. */
  readonly missed: readonly MissedMove[];
};

/**
 * What a person wants to know of a backtest before trusting a rule: how often it would have called, on which days, and what
 * it would not have noticed.
 *
 * @param missedPct a change of more than this within an hour is a move; it is missed when no alert was raised from its
 *   beginning to an hour after it was reached
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
 * Changes of more than `pct` per cent within `windowMs`, from the lowest or highest price of the window. Of moves that
 * overlap the largest stands for all.
 *
 * Both extremes are kept as monotonic queues, so that the cost does not depend on the window.
 */
export function movesWithin(series: PriceSeries, windowMs: number, pct: number): readonly MissedMove[] {
  const { times, prices, warmUp } = series;
  const lows = new IndexQueue();
  const highs = new IndexQueue();
  const moves: MissedMove[] = [];
  for (let index = warmUp; index < times.length; index++) {
    const [at = 0, price = 0] = [times[index], prices[index]];
    for (const queue of [lows, highs]) {
      while (queue.length > 0 && (times[queue.first()] ?? 0) < at - windowMs) queue.dropFirst();
    }
    while (lows.length > 0 && (prices[lows.last()] ?? 0) >= price) lows.dropLast();
    while (highs.length > 0 && (prices[highs.last()] ?? 0) <= price) highs.dropLast();
    lows.add(index);
    highs.add(index);
    const rise = moveFrom(series, lows.first(), index);
    const fall = moveFrom(series, highs.first(), index);
    const larger = Math.abs(rise.changePct) >= Math.abs(fall.changePct) ? rise : fall;
    if (Math.abs(larger.changePct) > pct) addMove(moves, larger);
  }
  return moves;
}

function moveFrom({ times, prices }: PriceSeries, start: number, end: number): MissedMove {
  const [from = 0, to = 0] = [times[start], times[end]];
  const [before = 0, price = 0] = [prices[start], prices[end]];
  return { from, to, changePct: (price / before - 1) * 100 };
}

/** Of moves that overlap, the largest stays. */
function addMove(moves: MissedMove[], move: MissedMove): void {
  const last = moves.at(-1);
  if (last === undefined || move.from > last.to) moves.push(move);
  else if (Math.abs(move.changePct) > Math.abs(last.changePct)) moves[moves.length - 1] = move;
}

/** A queue of indexes that both ends are taken from. */
class IndexQueue {
  private items: number[] = [];
  private start = 0;

  get length(): number {
    return this.items.length - this.start;
  }

  first(): number {
    return this.items[this.start] ?? 0;
  }

  last(): number {
    return this.items.at(-1) ?? 0;
  }

  add(index: number): void {
    this.items.push(index);
  }

  dropLast(): void {
    this.items.pop();
  }

  dropFirst(): void {
    this.start++;
    // Half of the array is waste: what is left moves to its beginning.
    if (this.start > 1_024 && this.start * 2 > this.items.length) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    }
  }
}
