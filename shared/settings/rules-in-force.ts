import { type Rule, ruleOf } from '../domain/rule.ts';
import type { Settings } from './settings.ts';

/** The id of the default rule, which exists even if the settings contain no rules. Stored alerts refer to it. */
export const DEFAULT_RULE_ID = 'moving-average';

type RuleSettings = Pick<Settings, 'rules' | 'alertThresholdPct' | 'alertWindowMinutes'>;

/**
 * The rules in force: those of the settings and the default one, whose parameters are `alertThresholdPct` and
 * `alertWindowMinutes`. A rule in the settings with the id of the default one replaces it; these two are the defaults of its
 * parameters.
 */
export function rulesInForce({
  rules,
  alertThresholdPct,
  alertWindowMinutes,
}: RuleSettings): readonly Rule[] {
  const params = { thresholdPct: alertThresholdPct, windowMinutes: alertWindowMinutes };
  const defaultRule = ruleOf({ id: DEFAULT_RULE_ID, kind: 'moving-average', params });
  if (!rules.some(isDefaultRule)) return [defaultRule, ...rules];
  return rules.map((rule) =>
    isDefaultRule(rule) ? { ...rule, params: { ...params, ...rule.params } } : rule,
  );
}

/** The settings with `alertThresholdPct` and `alertWindowMinutes` as in the default rule. */
export function withDefaultRule<S extends RuleSettings>(settings: S): S {
  const { thresholdPct, windowMinutes } = settings.rules.find(isDefaultRule)?.params ?? {};
  return {
    ...settings,
    ...(typeof thresholdPct === 'number' && { alertThresholdPct: thresholdPct }),
    ...(typeof windowMinutes === 'number' && { alertWindowMinutes: windowMinutes }),
  };
}

/** The change of `rules` that a change of these two settings implies; null for none. */
export function changeOfDefaultRule(
  patch: Partial<RuleSettings>,
  rules: readonly Rule[],
): Pick<Settings, 'rules'> | null {
  const changed = rules.map((rule) => {
    const { thresholdPct, windowMinutes } = rule.params;
    if (!isDefaultRule(rule)) return rule;
    const params = {
      ...rule.params,
      ...(thresholdPct !== undefined && { thresholdPct: patch.alertThresholdPct ?? thresholdPct }),
      ...(windowMinutes !== undefined && { windowMinutes: patch.alertWindowMinutes ?? windowMinutes }),
    };
    return { ...rule, params };
  });
  const isSame = changed.every((rule, index) => JSON.stringify(rule) === JSON.stringify(rules[index]));
  return isSame ? null : { rules: changed };
}

const isDefaultRule = ({ id, kind }: Rule): boolean => id === DEFAULT_RULE_ID && kind === 'moving-average';
