import type { Alert, Direction } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import { createAlertEngine } from '../alerts/engine.ts';
import { DOWN, UP } from '../alerts/rules/rule-kind.ts';
import { type PriceSeries, tickAt } from './price-series.ts';

/**
 * What a rule would have raised on prices of the past. The engine is the one that watches live prices, so that the answer
 * holds for tomorrow; the first alerts of a series are those of a rule that has just been made.
 *
 * @param rule is taken to be enabled, and to be for the coin of the series
 * @throws MessageError when the rule is not one
 */
export function backtest(rule: Rule, series: PriceSeries): readonly Alert[] {
  return backtestToEnd(rule, series).alerts;
}

export type BacktestRun = {
  readonly alerts: readonly Alert[];
  /** The side on which the condition holds at the last price; null when it does not, or when there is no price. */
  readonly holds: Direction | null;
};

/** As `backtest`, with how the rule stands at the end. */
export function backtestToEnd(rule: Rule, series: PriceSeries): BacktestRun {
  const engine = createAlertEngine([watching(rule)]);
  const alerts: Alert[] = [];
  for (let index = 0; index < series.times.length; index++) {
    for (const alert of engine.check(tickAt(series, index))) alerts.push(alert);
  }
  const side = engine.save(series.coinId)?.tracks[0]?.rules[rule.id]?.side;
  return { alerts, holds: side === UP ? 'up' : side === DOWN ? 'down' : null };
}

/** The rule as it is tried: for any coin, whether or not it is switched on. */
export function watching(rule: Rule): Rule {
  return { ...rule, scope: 'all', enabled: true };
}
