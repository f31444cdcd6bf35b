import { z } from 'zod';

/** A bar that goes on: its close is the newest price until a price of a later bar comes. */
export const barSchema = z.strictObject({
  /** Its number since the epoch; null before the first price. */
  bar: z.number().nullable(),
  close: z.number(),
});
export type Bar = z.infer<typeof barSchema>;

export const startBar = (): Bar => ({ bar: null, close: 0 });

/** Takes a price in. Returns the close of the bar that has ended with it; NaN while it goes on. Bars without a price do not count. */
export function takeBar(state: Bar, observedAt: number, price: number, barMs: number): number {
  const bar = Math.floor(observedAt / barMs);
  const ended = state.bar !== null && bar > state.bar ? state.close : Number.NaN;
  state.bar = bar;
  state.close = price;
  return ended;
}

/** Minutes of a bar, as a parameter of a rule. */
export const barMinutesSchema = z.number().int().min(1).max(1_440);
