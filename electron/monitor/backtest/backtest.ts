import type { Alert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { beatsBetween } from '../alerts/beat-times.ts';
import { type AlertEngine, createAlertEngine } from '../alerts/engine.ts';
import { withMembers } from '../alerts/member-order.ts';
import { eachTick, type PriceSeries } from './price-series.ts';

/** The result of a run: the alerts, oldest first, and the state of the engine after the last price. */
export type Run = { readonly alerts: readonly Alert[]; readonly engine: AlertEngine };

/**
 * The alerts that rules would have raised on past prices. It uses the engine that watches live prices, so that the result holds
 * for live prices as well. Alerts during the warm-up do not count; a rule that raises only one alert has not yet raised it
 * afterwards.
 *
 * @param rules treated as enabled, and as rules of the coin of the series
 * @param others rules that these may refer to
 * @throws MessageError when a rule is invalid
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

/** An engine with the tested rules, and the other rules that they refer to, unchanged. */
export function engineFor(rules: readonly Rule[], others: readonly Rule[]): AlertEngine {
  const tried = new Set(rules.map(({ id }) => id));
  const members = rules.flatMap((rule) => withMembers(rule, others)).filter(({ id }) => !tried.has(id));
  return createAlertEngine([...rules.map(watching), ...new Set(members)]);
}

/** The callback that steps the engine with a price and, if time can raise a rule, with the time since the price before. */
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

/** The callback for the prices of the warm-up. */
export function createWarmUp(engine: AlertEngine, rules: readonly Rule[]): (tick: Tick) => void {
  return rules.some(({ repeat }) => repeat === 'once') ? engine.replay : (tick) => void engine.check(tick);
}

/** The alerts of one rule. */
export function backtest(rule: Rule, series: PriceSeries, others: readonly Rule[] = []): readonly Alert[] {
  return run([rule], series, others).alerts;
}

/** The rule as tested: for any coin, enabled or not. */
function watching(rule: Rule): Rule {
  return { ...rule, scope: 'all', enabled: true, notify: true };
}
