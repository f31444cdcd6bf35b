import type { Alert, Direction } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import { backtestToEnd } from './backtest.ts';
import { type CheckFailure, findLookAhead, findRestartFault } from './checks.ts';
import { type PriceSeries, seriesSince } from './price-series.ts';
import { type BacktestSummary, summarize } from './summary.ts';

/** What a worker is asked to do: structured clones, so that nothing but data crosses. */
export type BacktestJob = {
  readonly rule: Rule;
  readonly series: PriceSeries;
  /** Alerts and the summary are those from this instant on: earlier prices fill the rule's windows. All when absent. */
  readonly since?: number;
  /** See `summarize`. */
  readonly missedPct: number;
  /** How many cuts and stops the checks are made at; 0 for none. */
  readonly checks: number;
};

export type BacktestResult = {
  readonly alerts: readonly Alert[];
  readonly summary: BacktestSummary;
  /** The side on which the condition holds at the last price; null when it does not. */
  readonly holds: Direction | null;
  /** Null when the check found nothing, or was not made. */
  readonly lookAhead: CheckFailure | null;
  readonly restart: CheckFailure | null;
};

/** Runs a backtest with its checks. It takes a second or more for millions of prices: see `runBacktest`. */
export function doBacktest({ rule, series, since, missedPct, checks }: BacktestJob): BacktestResult {
  const { alerts, holds } = backtestToEnd(rule, series);
  const places = evenly(checks, series.times.length);
  const counted = since === undefined ? alerts : alerts.filter(({ observedAt }) => observedAt >= since);
  return {
    alerts: counted,
    summary: summarize(since === undefined ? series : seriesSince(series, since), counted, missedPct),
    holds,
    lookAhead: findLookAhead(rule, series, alerts, places),
    restart: findRestartFault(rule, series, alerts, places),
  };
}

/** So many indexes, evenly spread within a length. */
function evenly(count: number, length: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(((index + 1) * length) / (count + 1)));
}
