import type { RuleParams } from '../../../shared/domain/alert.ts';
import { ruleOf as completeRule, type Rule } from '../../../shared/domain/rule.ts';

/** A rule for all coins, by its kind's name. */
export function ruleOf(kind: string, params: RuleParams, other: Partial<Rule> = {}): Rule {
  return completeRule({ id: kind, kind, params, ...other });
}

export const movingAverageRule = (thresholdPct = 2, windowMinutes = 5): Rule =>
  ruleOf('moving-average', { thresholdPct, windowMinutes });
