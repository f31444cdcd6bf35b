import { z } from 'zod';
import { coinIdSchema } from '../domain/coin-id.ts';

/** When people are not notified of alerts that follow those of a leading coin: see docs/alerts.md. */
export const inhibitionSchema = z.strictObject({
  enabled: z.boolean(),
  leadingCoin: coinIdSchema.default('bitcoin'),
  /** A move beyond beta of more than this number of standard deviations is unusual, and is notified. */
  score: z.number().min(1).max(100).default(4),
  /** A smaller distance from what beta explains is never unusual, no matter how closely the coin follows. */
  floorPct: z.number().min(0).max(50).default(0.4),
});
export type Inhibition = Readonly<z.infer<typeof inhibitionSchema>>;

/** The parameters of inhibition; null while it is disabled. */
export function inhibitionInForce({ enabled, ...params }: Inhibition): Omit<Inhibition, 'enabled'> | null {
  return enabled ? params : null;
}
