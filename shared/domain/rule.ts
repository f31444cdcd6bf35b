import { z } from 'zod';
import { says } from '../messages/fault-of-issue.ts';
import { message } from '../messages/message.ts';
import { ruleParamsSchema, severitySchema } from './alert.ts';
import { coinIdSchema } from './coin-id.ts';
import { ruleIdSchema } from './rule-id.ts';

const HOURS = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
/**
 * A rule: a kind with parameters, for some coins. The kind validates the parameters. Alerts have the rule's id, so it must
 * not change.
 */
export const ruleSchema = z.strictObject({
  id: ruleIdSchema,
  kind: z.string(),
  params: ruleParamsSchema.default({}),
  /** All watched coins, the given ones, or those of a watchlist of the settings. */
  scope: z
    .union([
      z.literal('all'),
      z.array(coinIdSchema).min(1).readonly(),
      z.strictObject({ watchlist: ruleIdSchema }).readonly(),
    ])
    .default('all'),
  severity: severitySchema.default('warning'),
  enabled: z.boolean().default(true),
  /** Whether it raises alerts. One that does not is there for the combinations that look at it. */
  notify: z.boolean().default(true),
  /** Moves that it is for. */
  direction: z.enum(['up', 'down', 'both']).default('both'),
  /** How long the condition has to hold without a break before it is raised. */
  forSeconds: z.number().min(0).max(86_400).default(0),
  /** After an alert, how long its coin is quiet but for the other side and for what has clearly been over: see docs/rules.md. */
  cooldownMinutes: z.number().min(1).max(1_440).default(15),
  /** Raised again only where the price has gone at least this far from that of the last alert. */
  ratchetPct: z.number().min(0.01).max(100).nullable().default(null),
  /** Local times of day between which it is raised; the end may be on the next day. Null for always. */
  activeHours: z
    .string()
    .refine((hours) => HOURS.test(hours), says(message('value.not-hours')))
    .nullable()
    .default(null),
  /** Raised once for each coin, or every time. */
  repeat: z.enum(['every-time', 'once']).default('every-time'),
  /** Whether it is raised immediately if its condition holds when it is made or changed; otherwise at the next crossing. */
  raiseIfHolding: z.boolean().default(false),
  /** Not raised from this instant on; null for never. */
  until: z.iso.datetime({ offset: true }).nullable().default(null),
});
export type Rule = Readonly<z.infer<typeof ruleSchema>>;

/** A rule whose other fields are the defaults. */
export const ruleOf = (rule: z.input<typeof ruleSchema>): Rule => ruleSchema.parse(rule);
