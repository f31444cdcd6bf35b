import { z } from 'zod';

/** When alerts of many coins are combined into one message to people: see docs/channels.md. */
export const marketAlertsSchema = z.strictObject({
  enabled: z.boolean(),
  /** The share of watched coins, in per cent, that must move in one direction; at least three coins. */
  sharePct: z.number().min(1).max(100).default(40),
  /** The time within which they must move, in seconds. */
  withinSeconds: z.number().min(1).max(3_600).default(60),
});
export type MarketAlerts = Readonly<z.infer<typeof marketAlertsSchema>>;

/** The minimum number of coins of a move of the market. */
const MIN_COINS = 3;

/** How many of the watched coins must raise alerts for a move of the market. */
export function coinsOfMove({ sharePct }: MarketAlerts, watched: number): number {
  return Math.max(MIN_COINS, Math.ceil((watched * sharePct) / 100));
}
