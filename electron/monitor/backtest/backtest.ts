import type { Alert, Direction } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { type AlertEngine, createAlertEngine } from '../alerts/engine.ts';
import { eachTick, type PriceSeries } from './price-series.ts';

/** What came of a run: the alerts, oldest first, and the engine as it stands after the last price. */
export type Run = { readonly alerts: readonly Alert[]; readonly engine: AlertEngine };

/**
 * What rules would have raised on prices of the past. The engine is the one that watches live prices, so that the answer holds for
 * tomorrow. In the warm-up the rules are there already, but what they raise does not count; a rule that is raised once has not
 * been yet.
 *
 * @param rules are taken to be enabled, and to be for the coin of the series
 * @throws MessageError when a rule is not one
 */
export function run(rules: readonly Rule[], series: PriceSeries): Run {
  const engine = createAlertEngine(rules.map(watching));
  const alerts: Alert[] = [];
  const before = createWarmUp(engine, rules);
  eachTick(series, before, 0, series.warmUp);
  eachTick(
    series,
    (tick) => {
      for (const alert of engine.check(tick)) alerts.push(alert);
    },
    series.warmUp,
  );
  return { alerts, engine };
}

/** What takes the prices of the warm-up in. */
export function createWarmUp(engine: AlertEngine, rules: readonly Rule[]): (tick: Tick) => void {
  return rules.some(({ repeat }) => repeat === 'once') ? engine.replay : (tick) => void engine.check(tick);
}

/** The alerts of one rule. */
export function backtest(rule: Rule, series: PriceSeries): readonly Alert[] {
  return run([rule], series).alerts;
}

/** On which side the condition of a rule holds after the last price; null where it does not. */
export function sideAtEnd({ engine }: Run, rule: Rule, { coinId }: PriceSeries): Direction | null {
  const side = engine.save(coinId)?.tracks[0]?.rules[rule.id]?.side ?? 0;
  if (side === 0) return null;
  return side > 0 ? 'up' : 'down';
}

/** The rule as it is tried: for any coin, whether or not it is switched on. */
export function watching(rule: Rule): Rule {
  return { ...rule, scope: 'all', enabled: true };
}
