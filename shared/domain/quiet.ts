import { z } from 'zod';
import { instant } from './instant.ts';

/** Why alerts are held back from the channels that people read. */
export const QUIET_REASONS = ['paused', 'quiet-hours'] as const;
export type QuietReason = (typeof QUIET_REASONS)[number];

/** A time in which no alerts are delivered to people. They get one summary when it is over. */
export const quietSchema = z.object({
  reason: z.enum(QUIET_REASONS),
  /** When it ends by itself; null for a pause that lasts until alerts are resumed. */
  until: instant.nullable(),
});
export type Quiet = Readonly<z.infer<typeof quietSchema>>;

/** The context of a summary of alerts that were held back. */
export type MissedAlerts = {
  readonly reason: QuietReason;
  /** When the summary is made, in ms since the epoch. */
  readonly at: number;
  /** Whether further alerts were held back: of very many, the smallest are not in the summary. */
  readonly hasMore: boolean;
};
