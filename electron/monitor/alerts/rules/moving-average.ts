import { z } from 'zod';
import { CALM, DOWN, NEAR, type RuleKind, UP } from './rule-kind.ts';

const MINUTE_MS = 60_000;

/** Share of the threshold that the distance must fall below for the move to be over: 1.5 % for 2 %. */
const REARM_SHARE = 0.75;

/** A price exactly at the threshold comes out a hair above it in binary; that is not "more than". */
const ROUNDING_PCT = 1e-9;

const paramsSchema = z.strictObject({
  /** Fires when the price is further than this from the average. */
  thresholdPct: z.number().min(0.01).max(100).default(2),
  windowMinutes: z.number().min(1).max(43_200).default(5),
});
export type MovingAverageParams = Readonly<z.infer<typeof paramsSchema>>;

/**
 * Holds while a price is more than `thresholdPct` away from the mean of the earlier prices of the last `windowMinutes`. It is
 * clearly over once the distance is below three quarters of the threshold.
 * Every price is compared; of prices that follow closely, the mean takes one for each step of its window.
 */
export const movingAverage: RuleKind<MovingAverageParams, Readonly<Record<string, never>>> = {
  id: 'moving-average',
  params: paramsSchema,
  state: z.strictObject({}),
  memory: ({ windowMinutes }) => ({
    meanOfMs: windowMinutes * MINUTE_MS,
    replayMs: windowMinutes * MINUTE_MS,
  }),
  againPct: ({ thresholdPct }) => thresholdPct,
  start: () => ({}),

  step(_state, tick, { thresholdPct }, past) {
    const changePct = (tick.price / past.mean - 1) * 100;
    const distance = Math.abs(changePct);
    if (distance < thresholdPct * REARM_SHARE) return CALM;
    // Also when there is no distance because the prices are too few, or too far apart to be compared.
    if (!(distance > thresholdPct + ROUNDING_PCT && distance < Number.POSITIVE_INFINITY)) return NEAR;
    return changePct > 0 ? UP : DOWN;
  },

  figures: (_state, tick, _params, { mean }) => ({
    average: mean,
    changePct: (tick.price / mean - 1) * 100,
  }),
};
