import { z } from 'zod';

/** When alerts of many coins are one message to people: see docs/channels.md. */
export const marketAlertsSchema = z.strictObject({
  enabled: z.boolean(),
  /** So much of the watched coins, in per cent, has to move in one direction; three coins at least. */
  sharePct: z.number().min(1).max(100).default(40),
  /** Within so many seconds. */
  withinSeconds: z.number().min(1).max(3_600).default(60),
});
export type MarketAlerts = Readonly<z.infer<typeof marketAlertsSchema>>;

/** Fewer coins than this are no market. */
const FEWEST_COINS = 3;

/** How many of the watched coins make a move of the market. */
export function coinsOfMove({ sharePct }: MarketAlerts, watched: number): number {
  return Math.max(FEWEST_COINS, Math.ceil((watched * sharePct) / 100));
}
