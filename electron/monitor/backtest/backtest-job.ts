import type { Alert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import { run } from './backtest.ts';
import { type BacktestSummary, summarize } from './backtest-summary.ts';
import { type CheckFailure, findLookAhead, findRestartFault } from './checks.ts';
import type { PriceSeries } from './price-series.ts';

/** Each cut is a run over all prices. */
const MAX_CUTS = 100;

/** The input of a worker: structured clones, so that only data crosses. */
export type BacktestJob = {
  readonly rule: Rule;
  /** Rules that it may refer to. */
  readonly others?: readonly Rule[];
  readonly series: PriceSeries;
  /** See `summarize`. */
  readonly missedPct: number;
  /** The number of cuts and restarts for the checks; 0 for none. `all` restarts at every price, and cuts a hundred times. */
  readonly checks: number | 'all';
};

export type BacktestResult = {
  readonly alerts: readonly Alert[];
  readonly summary: BacktestSummary;
  /** Null when the check found nothing or was not run. */
  readonly lookAhead: CheckFailure | null;
  readonly restart: CheckFailure | null;
};

/** Runs a backtest with its checks. It takes a second or more for millions of prices: see `runInWorker`. */
export function doBacktest({ rule, others, series, missedPct, checks }: BacktestJob): BacktestResult {
  const { alerts } = run([rule], series, others);
  const { length } = series.times;
  const cuts = evenly(checks === 'all' ? MAX_CUTS : checks, length);
  const stops = checks === 'all' ? series.times.keys() : cuts;
  return {
    alerts,
    summary: summarize(series, alerts, missedPct),
    lookAhead: findLookAhead(rule, series, alerts, cuts, others),
    restart: cuts.length === 0 ? null : findRestartFault(rule, series, alerts, stops, others),
  };
}

/** This many indexes, evenly spread within a length. */
function evenly(count: number, length: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(((index + 1) * length) / (count + 1)));
}
