import { z } from 'zod';
import { CALM, DOWN, NEAR, type RuleKind, UP } from './rule-kind.ts';

const paramsSchema = z.strictObject({
  level: z.number().positive(),
  /** How far a price has to have been on the other side before the next crossing counts as new. */
  hysteresisPct: z.number().min(0).max(50).default(0.5),
});
export type LevelParams = Readonly<z.infer<typeof paramsSchema>>;

const stateSchema = z.strictObject({
  /** Whether a rise above the level, or a fall below it, is a crossing. */
  mayRise: z.boolean(),
  mayFall: z.boolean(),
  /** The last crossing: 1 up, -1 down, 0 none yet. */
  side: z.number(),
});
type LevelState = z.infer<typeof stateSchema>;

/**
 * Holds upwards from the moment at which a price rises above `level`, and downwards from the moment at which it falls below it.
 * The side of the first price is not a crossing. Several levels need several rules.
 */
export const level: RuleKind<LevelParams, LevelState> = {
  id: 'level',
  onCrossing: true,
  params: paramsSchema,
  state: stateSchema,
  memory: () => ({ replayMs: 0 }),
  againPct: ({ hysteresisPct }) => hysteresisPct,
  start: () => ({ mayRise: false, mayFall: false, side: 0 }),

  step(state, { price }, { level: limit, hysteresisPct }) {
    const isFirst = !state.mayRise && !state.mayFall && state.side === 0;
    if (price > limit && state.mayRise) {
      state.side = UP;
      state.mayRise = false;
    } else if (price < limit && state.mayFall) {
      state.side = DOWN;
      state.mayFall = false;
    }
    if (price < limit && (isFirst || price <= limit * (1 - hysteresisPct / 100))) state.mayRise = true;
    if (price > limit && (isFirst || price >= limit * (1 + hysteresisPct / 100))) state.mayFall = true;
    if (price > limit) return state.side === UP ? UP : state.mayFall ? CALM : NEAR;
    if (price < limit) return state.side === DOWN ? DOWN : state.mayRise ? CALM : NEAR;
    return NEAR;
  },

  cross(state, { price }, { level: limit }) {
    if (price === limit) return NEAR;
    state.side = price > limit ? UP : DOWN;
    if (state.side === UP) state.mayRise = false;
    else state.mayFall = false;
    return price > limit ? UP : DOWN;
  },

  figures: (_state, _tick, params) => ({ level: params.level }),
};
