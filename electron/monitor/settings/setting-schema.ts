import { z } from 'zod';
import { ruleSchema } from '../../../shared/domain/rule.ts';
import { says } from '../../../shared/messages/fault-of-issue.ts';
import { type SettingName, settingsSchema } from '../../../shared/settings/settings.ts';
import { ruleFault } from '../alerts/bound-rule.ts';

/** A rule whose kind exists, with parameters that the kind takes; the default one may leave out its parameters. */
const checkedRuleSchema = ruleSchema.superRefine((rule, context) => {
  const fault = ruleFault(rule);
  if (fault !== null) context.addIssue({ code: 'custom', ...says(fault) });
});

/** What a setting has to be, where the shape is not all that has to be right. */
export function settingSchema(name: SettingName): z.ZodType {
  if (name !== 'rules') return settingsSchema.shape[name];
  return settingsSchema.shape.rules.and(z.array(checkedRuleSchema));
}
