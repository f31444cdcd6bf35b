import { z } from 'zod';

/** What inhibits an alert: an alert of the leading coin, which its coin follows. People are not notified of an inhibited alert. */
export const inhibitorSchema = z.object({
  /** The id of the leading coin's alert. */
  alertId: z.string().min(1),
  coinId: z.string().min(1),
  /** How much the coin moves for each per cent of the leading coin. */
  beta: z.number(),
  /** How far the coin moved beyond what beta explains, in per cent. */
  beyondPct: z.number(),
});
export type Inhibitor = Readonly<z.infer<typeof inhibitorSchema>>;
