import { z } from 'zod';
import { addToBar, barMinutesSchema, barSchema, startBar } from './bars.ts';
import { DOWN, NEAR, type RuleKind, UP } from './rule-kind.ts';

const MINUTE_MS = 60_000;

const paramsSchema = z.strictObject({
  barMinutes: barMinutesSchema.default(60),
  /** Bars of the three exponential averages. */
  fast: z.number().int().min(2).max(200).default(12),
  slow: z.number().int().min(3).max(400).default(26),
  signal: z.number().int().min(2).max(200).default(9),
});
export type MacdParams = Readonly<z.infer<typeof paramsSchema>>;

/** An exponential average that begins as the plain one of its first values. */
const averageSchema = z.strictObject({ value: z.number(), count: z.number() });
type Average = z.infer<typeof averageSchema>;

const stateSchema = z.strictObject({
  bar: barSchema,
  fast: averageSchema,
  slow: averageSchema,
  signal: averageSchema,
  /** MACD less its signal; null while it is not known. */
  histogram: z.number().nullable(),
  /** The last crossing: 1 up, -1 down, 0 none yet. */
  side: z.number(),
});
type MacdState = z.infer<typeof stateSchema>;

/**
 * Holds upwards from the bar at which MACD crosses above its signal, downwards from that at which it crosses below (G. Appel,
 * 1979): the difference of two exponential averages of the closes, and an exponential average of that. Each begins as the plain
 * average of its first bars. A bar counts once it has ended.
 */
export const macd: RuleKind<MacdParams, MacdState> = {
  id: 'macd',
  onCrossing: true,
  params: paramsSchema,
  state: stateSchema,
  memory: ({ slow, signal, barMinutes }) => ({ replayMs: 5 * (slow + signal) * barMinutes * MINUTE_MS }),
  againPct: () => 0,
  start: () => ({
    bar: startBar(),
    fast: { value: 0, count: 0 },
    slow: { value: 0, count: 0 },
    signal: { value: 0, count: 0 },
    histogram: null,
    side: 0,
  }),

  step(state, tick, params) {
    const { close } = state.bar;
    if (addToBar(state.bar, tick, params.barMinutes * MINUTE_MS)) addClose(state, close, params);
    return state.side > 0 ? UP : state.side < 0 ? DOWN : NEAR;
  },

  figures: ({ fast, slow, signal }) => ({ macd: fast.value - slow.value, signal: signal.value }),
};

function addClose(state: MacdState, close: number, { fast, slow, signal }: MacdParams): void {
  addTo(state.fast, close, fast);
  addTo(state.slow, close, slow);
  if (state.slow.count < slow || state.fast.count < fast) return;
  const line = state.fast.value - state.slow.value;
  addTo(state.signal, line, signal);
  if (state.signal.count < signal) return;
  const before = state.histogram;
  state.histogram = line - state.signal.value;
  if (before === null) return;
  if (before <= 0 && state.histogram > 0) state.side = 1;
  if (before >= 0 && state.histogram < 0) state.side = -1;
}

function addTo(average: Average, value: number, period: number): void {
  average.count = Math.min(average.count + 1, period + 1);
  const weight = average.count <= period ? 1 / average.count : 2 / (period + 1);
  average.value += weight * (value - average.value);
}
