import type { Alert } from '../../../../shared/domain/alert.ts';
import type { RuleActivity } from '../../../../shared/domain/rule-view.ts';

/**
 * Computes the result of `readRuleActivity` from alerts in memory.
 *
 * @param newestFirst the alerts
 */
export function ruleActivityOf(newestFirst: readonly Alert[], since: number): readonly RuleActivity[] {
  return [...Map.groupBy(newestFirst, ({ rule }) => rule)]
    .flatMap(([rule, [last, ...others]]): RuleActivity[] => {
      if (last === undefined) return [];
      const count = [last, ...others].filter(({ observedAt }) => observedAt >= since).length;
      return [{ rule, last, count }];
    })
    .toSorted((a, b) => (a.rule < b.rule ? -1 : 1));
}
