import { z } from 'zod';
import { instant, positive } from './instant.ts';

/**
 * Why a firing ended. `over`: its condition is clearly over. `reversed`: it holds in the other direction. `rule-changed`: the rule was
 * removed, disabled or given other parameters, or no longer concerns the coin. `followed`: the firing continues, and this alert is
 * closed because of the number of later ones.
 */
export const END_REASONS = ['over', 'reversed', 'rule-changed', 'followed'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** The price furthest in the direction of an alert while its rule fired, with the figures of the rule at that price. */
export const extremeSchema = z.object({
  price: positive,
  observedAt: instant,
  figures: z.record(z.string(), z.number()),
});
export type Extreme = Readonly<z.infer<typeof extremeSchema>>;

/** The end of the firing that raised an alert. */
export const resolutionSchema = z.object({
  /** The id of the alert that was raised. */
  alertId: z.string().min(1),
  /** Time of the tick that ended it. */
  resolvedAt: instant,
  reason: z.enum(END_REASONS),
  extreme: extremeSchema,
});
export type Resolution = Readonly<z.infer<typeof resolutionSchema>>;
