import { z } from 'zod';
import type { Tick } from '../../../../shared/domain/tick.ts';

const MINUTE_MS = 60_000;
/** A return over a longer gap is ignored. */
const LONGEST_GAP_MINUTES = 5;

/** The closes of minutes, as far as the next return needs them. */
export const minuteCloseSchema = z.strictObject({
  /** Minutes since the epoch; null before the first price. */
  minute: z.number().nullable(),
  close: z.number(),
  /** The close of the minute before; null if there is none. */
  before: z.number().nullable(),
});
export type MinuteClose = z.infer<typeof minuteCloseSchema>;

/** The keys are in another order than in the schema on purpose: see `startBar`. */
export const startMinutes = (): MinuteClose => ({ close: 0, minute: null, before: null });

/**
 * Adds a price to the current minute, as for nearly every tick. Returns false, and changes nothing, for the first price of
 * another minute.
 */
export function addWithinMinute(state: MinuteClose, { observedAt, price }: Tick): boolean {
  if (state.minute !== Math.floor(observedAt / MINUTE_MS)) return false;
  state.close = price;
  return true;
}

/**
 * Adds the first price of a minute. Returns the squared logarithmic return of the minute that it has ended, scaled to one minute
 * if several have passed; NaN for one without a return.
 */
export function addMinute(state: MinuteClose, { observedAt, price }: Tick): number {
  const minute = Math.floor(observedAt / MINUTE_MS);
  const { before, close } = state;
  const passed = state.minute === null ? 0 : minute - state.minute;
  const squared = before === null || passed === 0 ? Number.NaN : Math.log(close / before) ** 2;
  state.before = passed === 0 || passed > LONGEST_GAP_MINUTES ? null : close;
  state.minute = minute;
  state.close = price;
  return squared;
}

/** The weight of a new squared return in an exponentially weighted mean with this half-life, in minutes. */
export const weightOf = (halfLifeMinutes: number): number => 1 - 2 ** (-1 / halfLifeMinutes);

/**
 * Variance of the distance of a price from the mean of the `minutes` prices before it, in variances of the return of a minute:
 * 2.2 for 5.
 */
export const distanceVariance = (minutes: number): number =>
  ((minutes + 1) * (2 * minutes + 1)) / (6 * minutes);
