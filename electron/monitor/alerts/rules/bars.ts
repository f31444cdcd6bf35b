import { z } from 'zod';
import type { Tick } from '../../../../shared/domain/tick.ts';

/** A bar that has not ended: its close is the newest price until a price of a later bar arrives. */
export const barSchema = z.strictObject({
  /** Its number since the epoch; null before the first price. */
  bar: z.number().nullable(),
  close: z.number(),
});
export type Bar = z.infer<typeof barSchema>;

/**
 * The keys are in another order than in the schema on purpose. V8 gives objects with the same keys in the same order one layout,
 * and a `close` that is a schema in one of them makes it a new object on the heap for every tick in all of them.
 */
export const startBar = (): Bar => ({ close: 0, bar: null });

/**
 * Adds a price. Returns whether it has ended a bar, whose close is the one from before the call. Bars without a price do not
 * count. It does not return the close, because a returned number is an object on the heap, allocated for every tick.
 */
export function addToBar(state: Bar, { observedAt, price }: Tick, barMs: number): boolean {
  const bar = Math.floor(observedAt / barMs);
  const hasEnded = state.bar !== null && bar > state.bar;
  if (state.bar !== bar) state.bar = bar;
  state.close = price;
  return hasEnded;
}

/** Minutes of a bar, as a parameter of a rule. */
export const barMinutesSchema = z.number().int().min(1).max(1_440);
