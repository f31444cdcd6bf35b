import { z } from 'zod';
import { addToBar, barMinutesSchema, barSchema, startBar } from './bars.ts';
import { CALM, DOWN, NEAR, type RuleKind, UP, type Verdict } from './rule-kind.ts';

const MINUTE_MS = 60_000;
/** How far back inside its limit the index must be before the next crossing counts as new. */
const REARM_POINTS = 5;

const paramsSchema = z.strictObject({
  /** Bars of the average. */
  period: z.number().int().min(2).max(200).default(14),
  barMinutes: barMinutesSchema.default(60),
  over: z.number().min(50).max(99).default(70),
  under: z.number().min(1).max(50).default(30),
});
export type RsiParams = Readonly<z.infer<typeof paramsSchema>>;

const stateSchema = z.strictObject({
  bar: barSchema,
  /** The close before the newest one; null before the first. */
  before: z.number().nullable(),
  changes: z.number(),
  gain: z.number(),
  loss: z.number(),
  rsi: z.number().nullable(),
});
type RsiState = z.infer<typeof stateSchema>;

/**
 * Holds upwards while the relative strength index of the closes is above `over`, downwards while it is below `under`. It is
 * Wilder's (J. W. Wilder, "New Concepts in Technical Trading Systems", 1978): averages of gains and losses that begin as plain
 * averages of `period` changes, and are then updated by `average += (change − average) / period`. A bar counts once it has ended.
 */
export const rsi: RuleKind<RsiParams, RsiState> = {
  id: 'rsi',
  onCrossing: true,
  params: paramsSchema,
  state: stateSchema,
  memory: ({ period, barMinutes }) => ({ replayMs: 10 * period * barMinutes * MINUTE_MS }),
  againPct: () => 0,
  start: () => ({ bar: startBar(), before: null, changes: 0, gain: 0, loss: 0, rsi: null }),

  step(state, tick, { period, barMinutes, over, under }) {
    const { close } = state.bar;
    if (addToBar(state.bar, tick, barMinutes * MINUTE_MS)) addClose(state, close, period);
    return verdictOf(state.rsi, over, under);
  },

  figures: ({ rsi: index }) => ({ rsi: index ?? 50 }),
};

function addClose(state: RsiState, close: number, period: number): void {
  const { before } = state;
  state.before = close;
  if (before === null) return;
  state.changes++;
  const weight = 1 / Math.min(state.changes, period);
  state.gain += weight * (Math.max(0, close - before) - state.gain);
  state.loss += weight * (Math.max(0, before - close) - state.loss);
  if (state.changes < period) return;
  const sum = state.gain + state.loss;
  state.rsi = sum === 0 ? 50 : (100 * state.gain) / sum;
}

function verdictOf(index: number | null, over: number, under: number): Verdict {
  if (index === null) return NEAR;
  if (index > over) return UP;
  if (index < under) return DOWN;
  return index < over - REARM_POINTS && index > under + REARM_POINTS ? CALM : NEAR;
}
