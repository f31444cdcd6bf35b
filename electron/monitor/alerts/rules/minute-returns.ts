import { z } from 'zod';

const MINUTE_MS = 60_000;
/** After a longer gap a return is not of a minute; the next one is. */
const LONGEST_GAP_MINUTES = 5;

/** The closes of minutes, as far as the next return needs them. */
export const minuteCloseSchema = z.strictObject({
  /** Minutes since the epoch; null before the first price. */
  minute: z.number().nullable(),
  close: z.number(),
  /** The close of the minute before; null where there is none. */
  before: z.number().nullable(),
});
export type MinuteClose = z.infer<typeof minuteCloseSchema>;

export const startMinutes = (): MinuteClose => ({ minute: null, close: 0, before: null });

/**
 * Takes a price in. Returns the squared logarithmic return of the minute that has ended with it, for one minute where several have
 * passed; NaN while a minute goes on, and for one without a return.
 */
export function takeMinute(state: MinuteClose, observedAt: number, price: number): number {
  const minute = Math.floor(observedAt / MINUTE_MS);
  if (state.minute === minute) {
    state.close = price;
    return Number.NaN;
  }
  const { before, close } = state;
  const passed = state.minute === null ? 0 : minute - state.minute;
  const squared = before === null || passed === 0 ? Number.NaN : Math.log(close / before) ** 2;
  state.before = passed === 0 || passed > LONGEST_GAP_MINUTES ? null : close;
  state.minute = minute;
  state.close = price;
  return squared;
}

/** What a new squared return weighs in an exponentially weighted mean with this half-life, in minutes. */
export const weightOf = (halfLifeMinutes: number): number => 1 - 2 ** (-1 / halfLifeMinutes);
