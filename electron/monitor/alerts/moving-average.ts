import { z } from 'zod';
import type { Tick } from '../../../shared/domain.ts';
import { PricePool } from './price-pool.ts';
import { PriceWindow } from './price-window.ts';
import type { Firing, Rule } from './rule.ts';

const MINUTE_MS = 60_000;

/** Fewer or closer prices make no average worth an alert. */
const MIN_EARLIER_PRICES = 3;
const MIN_SPAN_MS = 60_000;

/**
 * A window takes one price a second at most. A burst of trades then weighs no more in the mean than the time that it
 * took, and a busy coin needs no more memory than a quiet one.
 */
const SAMPLE_MS = 1_000;

/** Share of the threshold that the distance must fall below before the same side can fire again: 1.5 % for 2 %. */
const REARM_SHARE = 0.75;
const COOLDOWN_MS = 15 * MINUTE_MS;

/** A price exactly at the threshold comes out a hair above it in binary; that is not "more than". */
const ROUNDING_PCT = 1e-9;

const paramsSchema = z.strictObject({
  /** Fires when the price is further than this from the average. */
  thresholdPct: z.number().positive(),
  windowMs: z.number().positive(),
});
export type MovingAverageParams = Readonly<z.infer<typeof paramsSchema>>;

type Side = 'above' | 'below';

export type MovingAverageState = {
  readonly window: PriceWindow;
  /** When the newest price of the window was observed. */
  sampledAt: number;
  /** The side that fired and has not been re-armed. */
  fired: Side | null;
  firedAt: number;
  /** Mean of the prices before the newest tick and its distance from it in per cent; NaN while there are too few. */
  average: number;
  changePct: number;
};

/**
 * Fires when a price crosses to more than `thresholdPct` away from the mean of the earlier prices in the window.
 * Beyond the threshold it stays silent, until the distance has been below three quarters of the threshold or
 * 15 minutes have passed. A jump from one side straight to the other is a crossing of its own.
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

    start: () => ({
      window: new PriceWindow(pool),
      sampledAt: Number.NEGATIVE_INFINITY,
      fired: null,
      firedAt: 0,
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
      return known ? crossing(state, tick, params) : null;
    },
  };
}

function crossing(state: MovingAverageState, tick: Tick, params: MovingAverageParams): Firing | null {
  const distance = Math.abs(state.changePct);
  const calm = distance < params.thresholdPct * REARM_SHARE;
  if (state.fired !== null && (calm || tick.observedAt - state.firedAt >= COOLDOWN_MS)) state.fired = null;

  // Also when there is no distance because the prices are too far apart to be compared.
  if (!Number.isFinite(distance) || distance <= params.thresholdPct + ROUNDING_PCT) return null;
  const side: Side = state.changePct > 0 ? 'above' : 'below';
  if (state.fired === side) return null;
  state.fired = side;
  state.firedAt = tick.observedAt;
  return {
    message: `price changed by more than ${params.thresholdPct}% from the ${params.windowMs / MINUTE_MS}-min average`,
    figures: { average: state.average, changePct: state.changePct },
  };
}
