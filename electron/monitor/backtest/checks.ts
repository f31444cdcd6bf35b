import type { Alert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import { coinStateSchema } from '../alerts/coin-state.ts';
import { backtest, createCheck, createWarmUp, engineFor } from './backtest.ts';
import { eachTick, type PriceSeries } from './price-series.ts';

/** The position of an alert that is missing or should not exist. */
export type CheckFailure = { readonly at: number; readonly alertId: string };

/**
 * Detects a rule that uses future prices: prices after a cut are replaced, and the alerts before the cut must not change.
 *
 * @param cuts indexes of the series
 * @returns the first alert that differs, or null
 */
export function findLookAhead(
  rule: Rule,
  series: PriceSeries,
  alerts: readonly Alert[],
  cuts: readonly number[],
  others: readonly Rule[] = [],
): CheckFailure | null {
  for (const cut of cuts) {
    const cutAt = series.times[cut] ?? Number.POSITIVE_INFINITY;
    // Alternately twice and half the price: a change that no rule could ignore.
    const prices = series.prices.map((price, index) => (index < cut ? price : price * (index % 2 ? 2 : 0.5)));
    const changed = backtest(rule, { ...series, prices }, others);
    const isPast = ({ observedAt }: Alert): boolean => observedAt < cutAt;
    const failure = firstDifference(alerts.filter(isPast), changed.filter(isPast));
    if (failure !== null) return failure;
  }
  return null;
}

/**
 * Detects a rule that a restart changes: at each index the engine is saved as JSON, and another one continues from there.
 *
 * @returns the first alert that differs from those of an engine without restarts, or null
 */
export function findRestartFault(
  rule: Rule,
  series: PriceSeries,
  alerts: readonly Alert[],
  stops: Iterable<number>,
  others: readonly Rule[] = [],
): CheckFailure | null {
  const isStop = new Set(stops);
  const found: Alert[] = [];
  let engine = engineFor([rule], others);
  const check = createCheck(() => engine, series);
  eachTick(series, (tick, index) => {
    if (isStop.has(index)) {
      const saved = JSON.stringify(engine.save(series.coinId));
      engine = engineFor([rule], others);
      if (saved !== 'null') engine.restore(series.coinId, coinStateSchema.parse(JSON.parse(saved)));
    }
    if (index < series.warmUp) createWarmUp(engine, [rule])(tick);
    else found.push(...check(tick).filter((alert) => alert.rule === rule.id));
  });
  return firstDifference(alerts, found);
}

function firstDifference(expected: readonly Alert[], found: readonly Alert[]): CheckFailure | null {
  for (let index = 0; index < Math.max(expected.length, found.length); index++) {
    const [one, other] = [expected[index], found[index]];
    if (one?.id === other?.id) continue;
    const first =
      one === undefined || (other !== undefined && other.observedAt < one.observedAt) ? other : one;
    if (first !== undefined) return { at: first.observedAt, alertId: first.id };
  }
  return null;
}
