import type { Alert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { beatsBetween } from '../alerts/beats.ts';
import { type AlertEngine, createAlertEngine } from '../alerts/engine.ts';
import { withMembers } from '../alerts/member-order.ts';
import { eachTick, type PriceSeries } from './price-series.ts';

/** What came of a run: the alerts, oldest first, and the engine as it stands after the last price. */
export type Run = { readonly alerts: readonly Alert[]; readonly engine: AlertEngine };

/**
 * What rules would have raised on prices of the past. The engine is the one that watches live prices, so that the answer holds for
 * tomorrow. In the warm-up the rules are there already, but what they raise does not count; a rule that is raised once has not
 * been yet.
 *
 * @param rules are taken to be enabled, and to be for the coin of the series
 * @param others rules that these may look at
 * @throws MessageError when a rule is not one
 */
export function run(rules: readonly Rule[], series: PriceSeries, others: readonly Rule[] = []): Run {
  const engine = engineFor(rules, others);
  const alerts: Alert[] = [];
  const before = createWarmUp(engine, rules);
  const check = createCheck(() => engine, series);
  const tried = new Set(rules.map(({ id }) => id));
  eachTick(series, before, 0, series.warmUp);
  eachTick(
    series,
    (tick) => {
      for (const alert of check(tick)) if (tried.has(alert.rule)) alerts.push(alert);
    },
    series.warmUp,
  );
  return { alerts, engine };
}

/** An engine with rules as they are tried, and those of the others that they look at, as they are. */
export function engineFor(rules: readonly Rule[], others: readonly Rule[]): AlertEngine {
  const tried = new Set(rules.map(({ id }) => id));
  const members = rules.flatMap((rule) => withMembers(rule, others)).filter(({ id }) => !tried.has(id));
  return createAlertEngine([...rules.map(watching), ...new Set(members)]);
}

/** What steps a price, and before it, where that can raise a rule, the time since the price before. */
export function createCheck(
  engineNow: () => AlertEngine,
  { coinId }: Pick<PriceSeries, 'coinId'>,
): (tick: Tick) => readonly Alert[] {
  if (!engineNow().passes) return (tick) => engineNow().check(tick);
  const coins = [coinId];
  let newestAt = Number.NaN;
  return (tick) => {
    const engine = engineNow();
    const alerts: Alert[] = [];
    for (const at of beatsBetween(newestAt, tick.observedAt)) alerts.push(...engine.pass(at, coins));
    newestAt = tick.observedAt;
    alerts.push(...engine.check(tick));
    return alerts;
  };
}

/** What takes the prices of the warm-up in. */
export function createWarmUp(engine: AlertEngine, rules: readonly Rule[]): (tick: Tick) => void {
  return rules.some(({ repeat }) => repeat === 'once') ? engine.replay : (tick) => void engine.check(tick);
}

/** The alerts of one rule. */
export function backtest(rule: Rule, series: PriceSeries, others: readonly Rule[] = []): readonly Alert[] {
  return run([rule], series, others).alerts;
}

/** The rule as it is tried: for any coin, whether or not it is switched on. */
export function watching(rule: Rule): Rule {
  return { ...rule, scope: 'all', enabled: true, notify: true };
}
