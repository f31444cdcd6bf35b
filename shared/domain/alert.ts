import { z } from 'zod';
import { instant, positive } from './instant.ts';

/** The severities, lowest first. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export const severitySchema = z.enum(SEVERITIES);
export type Severity = z.infer<typeof severitySchema>;

export const directionSchema = z.enum(['up', 'down']);
export type Direction = z.infer<typeof directionSchema>;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** The parameters of a rule, by name, as its kind defines them. */
export const ruleParamsSchema = z.record(z.string(), z.union([scalar, z.array(scalar).readonly()]));
export type RuleParams = Readonly<z.infer<typeof ruleParamsSchema>>;

/**
 * A rule that fired. `id` is the same for the same firing however often it is computed. The text is rendered from `kind`,
 * `params` and `figures` where it is shown; see `alertMessage`.
 */
export const alertSchema = z.object({
  id: z.string().min(1),
  /** The rule's id. */
  rule: z.string().min(1),
  /** The rule's kind. */
  kind: z.string().min(1),
  /** The rule's parameters when it fired. */
  params: ruleParamsSchema,
  severity: severitySchema,
  coinId: z.string().min(1),
  vsCurrency: z.string().min(1),
  source: z.string().min(1),
  /** Time of the tick that fired the rule. */
  observedAt: instant,
  price: positive,
  /** The direction of the price; null for a rule without one. */
  direction: directionSchema.nullable(),
  /** The numbers behind the alert, by name, e.g. `average`, `changePct`. */
  figures: z.record(z.string(), z.number()),
});
export type Alert = Readonly<z.infer<typeof alertSchema>>;
