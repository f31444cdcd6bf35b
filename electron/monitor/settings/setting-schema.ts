import { z } from 'zod';
import { ruleSchema } from '../../../shared/domain/rule.ts';
import { says } from '../../../shared/messages/fault-of-issue.ts';
import { DEFAULT_RULE_ID } from '../../../shared/settings/rules-in-force.ts';
import { type SettingName, settingsSchema } from '../../../shared/settings/settings.ts';
import { ruleFault } from '../alerts/bound-rule.ts';
import { memberFaults } from '../alerts/member-order.ts';

/** A rule whose kind exists, with parameters that the kind accepts; the default rule may omit its parameters. */
const checkedRuleSchema = ruleSchema.superRefine((rule, context) => {
  const fault = ruleFault(rule);
  if (fault !== null) context.addIssue({ code: 'custom', ...says(fault) });
});

/** Rules in which every reference to another rule resolves, and none refers to itself. */
const checkedRulesSchema = z.array(checkedRuleSchema).superRefine((rules, context) => {
  const faults = memberFaults(rules, [DEFAULT_RULE_ID]);
  for (const [index, { id }] of rules.entries()) {
    const fault = faults.get(id);
    if (fault !== undefined) context.addIssue({ code: 'custom', path: [index], ...says(fault) });
  }
});

/** The schemas of settings whose validity is more than their shape. */
export function settingSchema(name: SettingName): z.ZodType {
  if (name !== 'rules') return settingsSchema.shape[name];
  return settingsSchema.shape.rules.and(checkedRulesSchema);
}
