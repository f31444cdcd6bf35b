import { z } from 'zod';
import { CALM, DOWN, NEAR, type RuleKind, UP } from './rule-kind.ts';

const HOUR_MS = 3_600_000;

const paramsSchema = z.strictObject({
  /** Hours for which the highest and lowest price is used; null for all of the time since the rule was added. */
  hours: z.number().min(1).max(720).nullable().default(24),
  /** How far a price has to move back before the next extreme counts as new. */
  rearmPct: z.number().min(0.01).max(50).default(1),
});
export type HighLowParams = Readonly<z.infer<typeof paramsSchema>>;

const stateSchema = z.strictObject({
  /** The extremes of all time before the newest price, and whether that price is one; null before the first. */
  high: z.number().nullable(),
  low: z.number().nullable(),
  /** The extremes that the newest price was compared with. */
  earlierHigh: z.number().nullable(),
  earlierLow: z.number().nullable(),
});
type HighLowState = z.infer<typeof stateSchema>;

/**
 * Holds while a price is above the highest, or below the lowest, price of the `hours` before it. Prices are compared once they
 * have been received for that long. With `hours` null, the extremes are those since the rule was added.
 */
export const highLow: RuleKind<HighLowParams, HighLowState> = {
  id: 'high-low',
  onCrossing: true,
  params: paramsSchema,
  state: stateSchema,
  memory: ({ hours }) =>
    hours === null
      ? { replayMs: Number.POSITIVE_INFINITY }
      : { extremesOfMs: hours * HOUR_MS, replayMs: hours * HOUR_MS },
  againPct: ({ rearmPct }) => rearmPct,
  start: () => ({ high: null, low: null, earlierHigh: null, earlierLow: null }),

  step(state, { price }, { hours, rearmPct }, past) {
    const isKnown = hours === null || past.isFilled;
    const high = hours === null ? state.high : past.high;
    const low = hours === null ? state.low : past.low;
    const earlierHigh = isKnown ? high : null;
    const earlierLow = isKnown ? low : null;
    // Mostly unchanged. A number that is stored in a nullable field is an object on the heap.
    if (state.earlierHigh !== earlierHigh) state.earlierHigh = earlierHigh;
    if (state.earlierLow !== earlierLow) state.earlierLow = earlierLow;
    if (hours === null) {
      state.high = Math.max(price, state.high ?? price);
      state.low = Math.min(price, state.low ?? price);
    }
    if (earlierHigh === null || earlierLow === null) return NEAR;
    if (price > earlierHigh) return UP;
    if (price < earlierLow) return DOWN;
    const isBack = price < earlierHigh * (1 - rearmPct / 100) && price > earlierLow * (1 + rearmPct / 100);
    return isBack ? CALM : NEAR;
  },

  figures: ({ earlierHigh, earlierLow }, { price }) =>
    price > (earlierHigh ?? price) ? { high: earlierHigh ?? price } : { low: earlierLow ?? price },
};
