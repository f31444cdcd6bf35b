import type { RuleParams } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';

/** A rule for all coins, by its kind's name. */
export function ruleOf(kind: string, params: RuleParams, other: Partial<Rule> = {}): Rule {
  return { id: kind, kind, params, scope: 'all', severity: 'warning', enabled: true, ...other };
}

export const movingAverageRule = (thresholdPct = 2, windowMinutes = 5): Rule =>
  ruleOf('moving-average', { thresholdPct, windowMinutes });
