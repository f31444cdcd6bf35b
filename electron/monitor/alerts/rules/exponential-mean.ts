import { z } from 'zod';
import type { Tick } from '../../../../shared/domain/tick.ts';

/** Fewer prices, or prices within a shorter span, give no useful average: as for the simple one. */
const MIN_PRICES = 3;
const MIN_SPAN_MS = 60_000;
const MIN_SPAN_SHARE = 0.5;

export const exponentialMeanSchema = z.strictObject({
  /** When the average began, and the newest price with its time; null before the first price. */
  since: z.number().nullable(),
  at: z.number(),
  price: z.number(),
  prices: z.number(),
  /** Of the prices before the newest one; null while they are too few, or too close together. */
  mean: z.number().nullable(),
  /** The same, even while they are too few. */
  sum: z.number(),
});
export type ExponentialMean = z.infer<typeof exponentialMeanSchema>;

export const startExponentialMean = (): ExponentialMean => ({
  since: null,
  at: 0,
  price: 0,
  prices: 0,
  mean: null,
  sum: 0,
});

/**
 * Adds a price. `mean` is then the exponentially weighted mean of the prices before it, each of which weighs as much as the
 * time for which it was the newest:
 *
 *     mean ← mean + (price − mean) (1 − e^(−Δt/τ)) / (1 − e^(−T/τ))
 *
 * where `price` is the one before, Δt the time from it to this one, and T the time since the first. It is EMA_last for unevenly
 * spaced series (A. Eckner, "Algorithms for Unevenly Spaced Time Series: Moving Averages and Other Rolling Operators", 2019),
 * divided by the sum of its weights so that it does not begin at the first price. τ is half the window: prices are then as old on
 * the average as those of a simple mean of the window, like those of the usual α = 2 / (N + 1). After a window without a price it
 * starts again.
 */
export function addExponentially(
  state: ExponentialMean,
  { observedAt, price }: Tick,
  windowMs: number,
): void {
  const passedMs = observedAt - state.at;
  if (state.since === null || passedMs > windowMs) {
    state.since = observedAt;
    state.prices = 0;
    state.sum = price;
    state.mean = null;
  } else {
    const spanMs = state.at - state.since;
    // expm1 is accurate for the short times between trades.
    const weight =
      Math.expm1((-2 * passedMs) / windowMs) / Math.expm1((-2 * (observedAt - state.since)) / windowMs);
    state.sum += (state.price - state.sum) * weight;
    const isKnown = state.prices >= MIN_PRICES && spanMs >= Math.min(MIN_SPAN_MS, windowMs * MIN_SPAN_SHARE);
    state.mean = isKnown ? state.sum : null;
  }
  state.at = observedAt;
  state.price = price;
  state.prices = Math.min(state.prices + 1, MIN_PRICES);
}
