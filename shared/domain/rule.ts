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
  /** Whether it raises alerts. A rule that does not is only an input of combinations. */
  notify: z.boolean().default(true),
  /** The direction of the moves that raise alerts. */
  direction: z.enum(['up', 'down', 'both']).default('both'),
  /** How long the condition must hold without interruption before an alert is raised. */
  forSeconds: z.number().min(0).max(86_400).default(0),
  /**
   * How long after an alert the rule raises no other one for the coin, except in the other direction or after the condition was
   * clearly over: see docs/rules.md.
   */
  cooldownMinutes: z.number().min(1).max(1_440).default(15),
  /** Another alert is raised only if the price has moved at least this far from that of the last alert; null for no limit. */
  ratchetPct: z.number().min(0.01).max(100).nullable().default(null),
  /** Local times of day between which alerts are raised; the end may be on the next day. Null for always. */
  activeHours: z
    .string()
    .refine((hours) => HOURS.test(hours), says(message('value.not-hours')))
    .nullable()
    .default(null),
  /** Whether alerts are raised every time, or once for each coin. */
  repeat: z.enum(['every-time', 'once']).default('every-time'),
  /** Whether an alert is raised immediately if the condition holds when the rule is made; otherwise at the next crossing. */
  raiseIfHolding: z.boolean().default(false),
  /** The instant from which no alerts are raised; null for no end. */
  until: z.iso.datetime({ offset: true }).nullable().default(null),
});
export type Rule = Readonly<z.infer<typeof ruleSchema>>;

/** A rule whose other fields are the defaults. */
export const ruleOf = (rule: z.input<typeof ruleSchema>): Rule => ruleSchema.parse(rule);
