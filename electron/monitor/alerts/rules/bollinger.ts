import { z } from 'zod';
import { addToBar, barMinutesSchema, barSchema, startBar } from './bars.ts';
import { CALM, DOWN, NEAR, type RuleKind, UP } from './rule-kind.ts';

const MINUTE_MS = 60_000;
/** Share of the band that a price must be within for the break to be over. */
const REARM_SHARE = 0.75;

const paramsSchema = z.strictObject({
  period: z.number().int().min(2).max(200).default(20),
  deviations: z.number().min(0.5).max(10).default(2),
  barMinutes: barMinutesSchema.default(60),
});
export type BollingerParams = Readonly<z.infer<typeof paramsSchema>>;

const stateSchema = z.strictObject({
  bar: barSchema,
  /** The last closes, oldest first. */
  closes: z.array(z.number()),
  /** Their mean and standard deviation; null while they are too few. */
  middle: z.number().nullable(),
  deviation: z.number(),
});
type BollingerState = z.infer<typeof stateSchema>;

/**
 * Holds while a price is outside the band of `deviations` standard deviations around the mean of the last `period` closes (J.
 * Bollinger, "Bollinger on Bollinger Bands", 2001; the deviation is that of the population). The closes are those of bars that
 * have ended; each price is compared when it arrives.
 */
export const bollinger: RuleKind<BollingerParams, BollingerState> = {
  id: 'bollinger',
  onCrossing: true,
  params: paramsSchema,
  state: stateSchema,
  memory: ({ period, barMinutes }) => ({ replayMs: (period + 1) * barMinutes * MINUTE_MS }),
  againPct: () => 0,
  start: () => ({ bar: startBar(), closes: [], middle: null, deviation: 0 }),

  step(state, tick, { period, deviations, barMinutes }) {
    const { close } = state.bar;
    if (addToBar(state.bar, tick, barMinutes * MINUTE_MS)) addClose(state, close, period);
    if (state.middle === null || state.deviation === 0) return NEAR;
    const distance = (tick.price - state.middle) / state.deviation;
    if (Math.abs(distance) < deviations * REARM_SHARE) return CALM;
    if (Math.abs(distance) <= deviations) return NEAR;
    return distance > 0 ? UP : DOWN;
  },

  figures({ middle, deviation }, { price }, { deviations }) {
    const average = middle ?? price;
    const side = price > average ? 1 : -1;
    return { average, band: average + side * deviations * deviation };
  },
};

/** Once per bar, so the cost of recomputing the sums is negligible. */
function addClose(state: BollingerState, close: number, period: number): void {
  state.closes.push(close);
  if (state.closes.length > period) state.closes.shift();
  if (state.closes.length < period) return;
  const mean = state.closes.reduce((sum, one) => sum + one, 0) / period;
  state.middle = mean;
  state.deviation = Math.sqrt(state.closes.reduce((sum, one) => sum + (one - mean) ** 2, 0) / period);
}
