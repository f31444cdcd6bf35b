import { z } from 'zod';
import { says } from '../messages/fault-of-issue.ts';
import { message } from '../messages/message.ts';
import { ruleParamsSchema, severitySchema } from './alert.ts';
import { isCoinId } from './coin-id.ts';

const ruleId = /^[a-z0-9][a-z0-9-]{0,63}$/;
const coinId = z
  .string()
  .trim()
  .toLowerCase()
  .refine(isCoinId, says(message('value.not-a-coin-id')));

/**
 * A rule: a kind with parameters, for some coins. The kind validates the parameters. Alerts have the rule's id, so it must
 * not change.
 */
export const ruleSchema = z.strictObject({
  id: z.string().refine((id) => ruleId.test(id), says(message('value.not-a-rule-id'))),
  kind: z.string(),
  params: ruleParamsSchema.default({}),
  /** All watched coins, or the given ones. */
  scope: z.union([z.literal('all'), z.array(coinId).min(1).readonly()]).default('all'),
  severity: severitySchema.default('warning'),
  enabled: z.boolean().default(true),
});
export type Rule = Readonly<z.infer<typeof ruleSchema>>;
