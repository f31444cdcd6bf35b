import { z } from 'zod';
import type { CoinRuleKind } from './coin-rule-kind.ts';
import { CALM, HOLDS, NEAR } from './rule-kind.ts';

const MINUTE_MS = 60_000;
/** A total outage is assumed when no coin has had a price for this share of the time. */
const EVERYTHING_SHARE = 0.5;

const paramsSchema = z.strictObject({
  minutes: z.number().min(1).max(1_440).default(30),
});
export type NoDataParams = Readonly<z.infer<typeof paramsSchema>>;

const stateSchema = z.strictObject({
  /** The time of the newest price; null before the first. */
  newestAt: z.number().nullable(),
  /** How long there was no price, and for how many coins, at the last evaluation. */
  silentMs: z.number(),
  coins: z.number(),
});
type NoDataState = z.infer<typeof stateSchema>;

/**
 * Holds while the newest price of a coin, from any source, is older than `minutes`. If no coin has prices, the provider or the
 * network is down: one alert is then raised, for the first coin that reaches the limit, with the number of coins. A coin that
 * stays without prices when the others have them again gets a separate alert.
 */
export const noData: CoinRuleKind<NoDataParams, NoDataState> = {
  id: 'no-data',
  isOfCoin: true,
  onCrossing: true,
  directions: [],
  params: paramsSchema,
  state: stateSchema,
  replayMs: ({ minutes }) => minutes * MINUTE_MS,
  againPct: () => 0,
  start: () => ({ newestAt: null, silentMs: 0, coins: 0 }),

  step(state, { observedAt }) {
    state.newestAt = Math.max(state.newestAt ?? observedAt, observedAt);
    state.silentMs = 0;
    return CALM;
  },

  pass(state, at, { minutes }, market) {
    if (state.newestAt === null) return NEAR;
    state.silentMs = at - state.newestAt;
    const limitMs = minutes * MINUTE_MS;
    if (state.silentMs < limitMs) return CALM;
    const isEverything = market.coins > 1 && at - market.newestAt >= limitMs * EVERYTHING_SHARE;
    state.coins = isEverything ? market.coins : 1;
    // Another coin's alert has already covered all of them.
    if (isEverything && market.raisedAt - market.newestAt >= limitMs * EVERYTHING_SHARE) return NEAR;
    return HOLDS;
  },

  figures: ({ silentMs, coins }) => ({ silentMinutes: silentMs / MINUTE_MS, coins }),
};
