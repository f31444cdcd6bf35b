import { z } from 'zod';
import { addExponentially, exponentialMeanSchema, startExponentialMean } from './exponential-mean.ts';
import { distanceVariance } from './minute-returns.ts';
import { CALM, DOWN, NEAR, type RuleKind, UP } from './rule-kind.ts';

const MINUTE_MS = 60_000;

/** Share of the threshold that the distance must fall below for the move to be over: 1.5% for 2%. */
const REARM_SHARE = 0.75;

/** In binary floating point, a price exactly at the threshold may come out slightly above it; that is not "more than". */
const ROUNDING_PCT = 1e-9;

/** An exponential average forgets no price; one of this many windows ago weighs less than 5 · 10⁻⁵. */
const EXPONENTIAL_WINDOWS = 5;

const paramsSchema = z.strictObject({
  /** Fires when the price is further than this from the average. */
  thresholdPct: z.number().min(0.01).max(100).default(2),
  windowMinutes: z.number().min(1).max(43_200).default(5),
  /** Simple when absent, which is not the same as a default: states that were saved without it stay valid. */
  average: z.enum(['simple', 'exponential']).exactOptional(),
});
export type MovingAverageParams = Readonly<z.infer<typeof paramsSchema>>;

/** For a simple average the engine stores the prices; an exponential one has its own state. */
const stateSchema = z.union([z.strictObject({ mean: z.undefined().optional() }), exponentialMeanSchema]);
type MovingAverageState = z.infer<typeof stateSchema>;

/**
 * Holds while a price is more than `thresholdPct` away from the mean of the earlier prices of the last `windowMinutes`, or from
 * their exponentially weighted mean. It is clearly over once the distance is below three quarters of the threshold. Every price
 * is compared. The simple mean includes one price for each step of its window, see `sampleStepMs`; the exponential one weighs
 * each price by the time for which it was the newest.
 */
export const movingAverage: RuleKind<MovingAverageParams, MovingAverageState> = {
  id: 'moving-average',
  params: paramsSchema,
  state: stateSchema,
  memory({ windowMinutes, average }) {
    const windowMs = windowMinutes * MINUTE_MS;
    if (average === 'exponential') return { replayMs: EXPONENTIAL_WINDOWS * windowMs };
    return { meanOfMs: windowMs, replayMs: windowMs };
  },
  againPct: ({ thresholdPct }) => thresholdPct,
  // An exponential mean whose weights fall by e in half a window.
  moveVariance: ({ windowMinutes, average }) =>
    average === 'exponential' ? windowMinutes / 4 : distanceVariance(windowMinutes),
  start: ({ average }) => (average === 'exponential' ? startExponentialMean() : {}),

  step(state, tick, { thresholdPct, windowMinutes }, past) {
    let { mean } = past;
    if (state.mean !== undefined) {
      addExponentially(state, tick, windowMinutes * MINUTE_MS);
      mean = state.mean ?? Number.NaN;
    }
    const changePct = (tick.price / mean - 1) * 100;
    const distance = Math.abs(changePct);
    if (distance < thresholdPct * REARM_SHARE) return CALM;
    // Also when the distance is NaN or infinite, because there are too few prices or their magnitudes differ too much.
    if (!(distance > thresholdPct + ROUNDING_PCT && distance < Number.POSITIVE_INFINITY)) return NEAR;
    return changePct > 0 ? UP : DOWN;
  },

  figures(state, { price }, _params, past) {
    if (state.mean === undefined) return { average: past.mean, changePct: (price / past.mean - 1) * 100 };
    const ema = state.mean ?? Number.NaN;
    return { ema, changePct: (price / ema - 1) * 100 };
  },
};
