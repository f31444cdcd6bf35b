import { z } from 'zod';
import { SOURCES } from '../../../../shared/domain/source.ts';
import { says } from '../../../../shared/messages/fault-of-issue.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { CoinRuleKind } from './coin-rule-kind.ts';
import { CALM, DOWN, NEAR, UP } from './rule-kind.ts';

const SECOND_MS = 1_000;
/** Share of the spread that it must fall below for it to be over. */
const REARM_SHARE = 0.75;
/** In binary floating point, a spread of exactly the threshold may come out slightly above it; that is not "more than". */
const ROUNDING_PCT = 1e-9;

const paramsSchema = z.strictObject({
  spreadPct: z.number().min(0.01).max(1_000).default(1),
  /** The two sources. */
  sources: z
    .array(z.enum(SOURCES))
    .length(2)
    .refine(([one, other]) => one !== other, says(message('value.same-source')))
    .readonly(),
  /** How much older than the newest price of one source that of the other may be. */
  maxAgeSeconds: z.number().min(1).max(3_600).default(60),
});
export type SpreadParams = Readonly<z.infer<typeof paramsSchema>>;

const priceSchema = z.strictObject({ at: z.number(), price: z.number() }).nullable();
const stateSchema = z.strictObject({ first: priceSchema, second: priceSchema });
type SpreadState = z.infer<typeof stateSchema>;

/**
 * Holds upwards while the newest price of the first source is more than `spreadPct` above that of the second, downwards while it
 * is that far below. Prices are compared only while neither is more than `maxAgeSeconds` older than the other.
 */
export const spread: CoinRuleKind<SpreadParams, SpreadState> = {
  id: 'spread',
  isOfCoin: true,
  onCrossing: true,
  // Its direction says which source is above the other, not where prices move.
  isOfPrice: false,
  params: paramsSchema,
  state: stateSchema,
  replayMs: ({ maxAgeSeconds }) => maxAgeSeconds * SECOND_MS,
  againPct: ({ spreadPct }) => spreadPct,
  sources: ({ sources }) => sources,
  start: () => ({ first: null, second: null }),

  step(state, { source, observedAt, price }, { spreadPct, sources, maxAgeSeconds }) {
    if (source === sources[0]) state.first = { at: observedAt, price };
    else if (source === sources[1]) state.second = { at: observedAt, price };
    else return NEAR;
    const { first, second } = state;
    if (first === null || second === null) return NEAR;
    if (Math.abs(first.at - second.at) > maxAgeSeconds * SECOND_MS) return NEAR;
    const distancePct = spreadOf(state);
    if (Math.abs(distancePct) < spreadPct * REARM_SHARE) return CALM;
    if (Math.abs(distancePct) <= spreadPct + ROUNDING_PCT) return NEAR;
    return distancePct > 0 ? UP : DOWN;
  },

  figures(state, { sources: [one = '', other = ''] }) {
    return {
      [one]: state.first?.price ?? Number.NaN,
      [other]: state.second?.price ?? Number.NaN,
      spreadPct: spreadOf(state),
    };
  },
};

/** How far the first price is above the lower of both; below it, when negative. The same from either side. */
function spreadOf({ first, second }: SpreadState): number {
  if (first === null || second === null) return Number.NaN;
  const larger = Math.max(first.price, second.price) / Math.min(first.price, second.price) - 1;
  return Math.sign(first.price - second.price) * larger * 100;
}
