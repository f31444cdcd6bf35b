import { z } from 'zod';
import { COOLDOWN_MS } from '../cooldown.ts';
import { PricePool } from '../price-pool.ts';
import { PriceWindow } from '../price-window.ts';
import type { Rule, RuleState } from '../rule.ts';

const MINUTE_MS = 60_000;

/** Fewer or closer prices make no average worth an alert. */
const MIN_EARLIER_PRICES = 3;
const MIN_SPAN_MS = 60_000;

/**
 * A window takes one price a second at most. A burst of trades then weighs no more in the mean than the time that it
 * took, and a busy coin needs no more memory than a quiet one.
 */
const SAMPLE_MS = 1_000;

/** Share of the threshold that the distance must fall below for the move to be over: 1.5 % for 2 %. */
const REARM_SHARE = 0.75;

/** A price exactly at the threshold comes out a hair above it in binary; that is not "more than". */
const ROUNDING_PCT = 1e-9;

const paramsSchema = z.strictObject({
  /** Fires when the price is further than this from the average. */
  thresholdPct: z.number().positive(),
  windowMs: z.number().positive(),
});
export type MovingAverageParams = Readonly<z.infer<typeof paramsSchema>>;

export type MovingAverageState = RuleState & {
  readonly window: PriceWindow;
  /** When the newest price of the window was observed. */
  sampledAt: number;
  /** Mean of the prices before the newest tick and its distance from it in per cent; NaN while there are too few. */
  average: number;
  changePct: number;
};

/**
 * Holds while a price is more than `thresholdPct` away from the mean of the earlier prices in the window. It is clearly
 * over once the distance is below three quarters of the threshold.
 * Every price is compared; of prices that follow closely, the mean takes one a second.
 *
 * @returns a rule whose windows share their memory
 */
export function createMovingAverageRule(): Rule<MovingAverageParams, MovingAverageState> {
  const pool = new PricePool();
  return {
    id: 'moving-average',
    params: paramsSchema,
    memoryMs: ({ windowMs }) => windowMs + COOLDOWN_MS,
    againPct: ({ thresholdPct }) => thresholdPct,

    start: () => ({
      window: new PriceWindow(pool),
      sampledAt: Number.NEGATIVE_INFINITY,
      calmAt: Number.NEGATIVE_INFINITY,
      average: Number.NaN,
      changePct: Number.NaN,
    }),

    step(state, tick, params) {
      const { window } = state;
      window.forgetBefore(tick.observedAt - params.windowMs);
      const known = window.count >= MIN_EARLIER_PRICES && window.spanMs >= MIN_SPAN_MS;
      state.average = known ? window.mean : Number.NaN;
      state.changePct = (tick.price / state.average - 1) * 100;
      if (tick.observedAt - state.sampledAt >= SAMPLE_MS) {
        window.add(tick.observedAt, tick.price);
        state.sampledAt = tick.observedAt;
      }
      const distance = Math.abs(state.changePct);
      if (distance < params.thresholdPct * REARM_SHARE) state.calmAt = tick.observedAt;
      // Also when there is no distance because the prices are too few, or too far apart to be compared.
      if (!Number.isFinite(distance) || distance <= params.thresholdPct + ROUNDING_PCT) return 0;
      return Math.sign(state.changePct);
    },

    describe: ({ average, changePct }, { thresholdPct, windowMs }) => ({
      params: { thresholdPct, windowMinutes: windowMs / MINUTE_MS },
      figures: { average, changePct },
    }),
  };
}
