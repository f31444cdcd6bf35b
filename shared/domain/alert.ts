import { z } from 'zod';
import { inhibitorSchema } from './inhibitor.ts';
import { instant, positive } from './instant.ts';
import { type Resolution, resolutionSchema } from './resolution.ts';

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
 * The record of a rule that fired. `id` is the same for the same firing, no matter how often it is computed. The text is rendered from `kind`,
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
  /** What inhibits it, so that people are not notified; absent if it is not inhibited. */
  inhibitedBy: inhibitorSchema.optional(),
  /** How the firing ended; absent while it continues. */
  resolution: resolutionSchema.optional(),
});
export type Alert = Readonly<z.infer<typeof alertSchema>>;

/**
 * The event that an alert was resolved, in the log and for channels: the alert with its resolution, under the id that `resolvedId`
 * returns.
 */
export type ResolvedAlert = Alert & { readonly resolution: Resolution };

/** The id of the event that an alert was resolved. It is the same no matter how often the event is computed. */
export const resolvedId = (alertId: string): string => `${alertId}:resolved`;

/** Whether this is the event that an alert was resolved, and not the alert. */
export function isResolvedEvent(alert: Alert): alert is ResolvedAlert {
  return alert.resolution !== undefined && alert.id === resolvedId(alert.resolution.alertId);
}

/** The resolved alert of an event, under its original id, as a list of alerts shows it. */
export const alertOfResolved = (event: ResolvedAlert): Alert => ({ ...event, id: event.resolution.alertId });
