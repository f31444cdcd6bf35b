import { z } from 'zod';
import { addMinute, addWithinMinute, minuteCloseSchema, startMinutes, weightOf } from './minute-returns.ts';
import { CALM, HOLDS, NEAR, type RuleKind } from './rule-kind.ts';

const HOUR_MINUTES = 60;
const MINUTE_MS = 60_000;
/** Share of the factor that the ratio must fall below for the condition to be over. */
const REARM_SHARE = 0.75;

const paramsSchema = z.strictObject({
  /** How many times its norm the volatility is. */
  factor: z.number().min(1.1).max(100).default(3),
  recentMinutes: z.number().min(5).max(1_440).default(60),
  normHours: z.number().min(1).max(720).default(168),
});
export type VolatilityParams = Readonly<z.infer<typeof paramsSchema>>;

const stateSchema = z.strictObject({
  minutes: minuteCloseSchema,
  recent: z.number(),
  norm: z.number(),
  returns: z.number(),
});
type VolatilityState = z.infer<typeof stateSchema>;

/**
 * Holds while the volatility of a coin is more than `factor` times its norm: the ratio of the standard deviations of the
 * returns of a minute, exponentially weighted with half-lives of `recentMinutes` and `normHours`. It is known after twice
 * `recentMinutes`.
 */
export const volatility: RuleKind<VolatilityParams, VolatilityState> = {
  id: 'volatility',
  onCrossing: true,
  directions: [],
  params: paramsSchema,
  state: stateSchema,
  memory: ({ normHours }) => ({ replayMs: 5 * normHours * HOUR_MINUTES * MINUTE_MS }),
  againPct: () => 0,
  start: () => ({ minutes: startMinutes(), recent: 0, norm: 0, returns: 0 }),

  step(state, tick, params) {
    const { factor, recentMinutes } = params;
    if (!addWithinMinute(state.minutes, tick)) addReturn(state, addMinute(state.minutes, tick), params);
    if (state.returns < 2 * recentMinutes) return NEAR;
    const ratio = Math.sqrt(state.recent / state.norm);
    if (ratio < factor * REARM_SHARE) return CALM;
    // The ratio to zero is undefined.
    return ratio > factor && ratio < Number.POSITIVE_INFINITY ? HOLDS : NEAR;
  },

  figures: ({ recent, norm }) => ({ ratio: Math.sqrt(recent / norm) }),
};

function addReturn(
  state: VolatilityState,
  squared: number,
  { recentMinutes, normHours }: VolatilityParams,
): void {
  if (Number.isNaN(squared)) return;
  state.returns++;
  state.recent += Math.max(weightOf(recentMinutes), 1 / state.returns) * (squared - state.recent);
  state.norm += Math.max(weightOf(normHours * HOUR_MINUTES), 1 / state.returns) * (squared - state.norm);
}
