import { z } from 'zod';
import {
  addMinute,
  addWithinMinute,
  distanceVariance,
  minuteCloseSchema,
  startMinutes,
  weightOf,
} from './minute-returns.ts';
import { CALM, DOWN, NEAR, type RuleKind, UP } from './rule-kind.ts';

const MINUTE_MS = 60_000;
/** The minimum number of returns for a meaningful σ. */
const MIN_RETURNS = 60;
/** Share of the score that it must fall below for the move to be over. */
const REARM_SHARE = 0.75;

const paramsSchema = z.strictObject({
  /** How many standard deviations from the average are unusual. */
  score: z.number().min(1).max(100).default(6),
  windowMinutes: z.number().min(2).max(240).default(5),
  /** The half-life of the weight of a minute's return. */
  halfLifeHours: z.number().min(0.25).max(720).default(12),
  /** Smaller distances from the average are never unusual, however calm the coin is. */
  floorPct: z.number().min(0).max(50).default(0.4),
});
export type UnusualMoveParams = Readonly<z.infer<typeof paramsSchema>>;

const stateSchema = z.strictObject({
  minutes: minuteCloseSchema,
  /** Exponentially weighted mean of the squared returns of minutes. */
  variance: z.number(),
  returns: z.number(),
});
type UnusualMoveState = z.infer<typeof stateSchema>;

/**
 * Holds while the distance of a price from the mean of the last `windowMinutes` is more than `score` standard deviations of what
 * is usual for the coin: `z = distance / (σ₁ √f)`, where σ₁ is that of the returns of a minute, exponentially weighted, and `f =
 * (n + 1)(2n + 1) / 6n` is the variance of the distance from the mean of n minutes in σ₁² (2.2 for 5). A minute is included in σ₁
 * after its prices were compared.
 */
export const unusualMove: RuleKind<UnusualMoveParams, UnusualMoveState> = {
  id: 'unusual-move',
  onCrossing: true,
  params: paramsSchema,
  state: stateSchema,
  memory: ({ windowMinutes, halfLifeHours }) => ({
    meanOfMs: windowMinutes * MINUTE_MS,
    replayMs: 5 * halfLifeHours * 60 * MINUTE_MS,
  }),
  againPct: ({ floorPct }) => floorPct,
  moveVariance: ({ windowMinutes }) => distanceVariance(windowMinutes),
  start: () => ({ minutes: startMinutes(), variance: 0, returns: 0 }),

  step(state, tick, params, { mean }) {
    const { score, floorPct } = params;
    const changePct = (tick.price / mean - 1) * 100;
    const z = scoreOf(state, changePct, params);
    if (!addWithinMinute(state.minutes, tick)) addReturn(state, addMinute(state.minutes, tick), params);
    if (z < score * REARM_SHARE || Math.abs(changePct) < floorPct * REARM_SHARE) return CALM;
    if (!(z > score && Math.abs(changePct) > floorPct)) return NEAR;
    return changePct > 0 ? UP : DOWN;
  },

  figures(state, { price }, params, { mean }) {
    const changePct = (price / mean - 1) * 100;
    const zScore = scoreOf(state, changePct, params);
    return { average: mean, changePct, ...(Number.isFinite(zScore) && { zScore }) };
  },
};

function addReturn(state: UnusualMoveState, squared: number, { halfLifeHours }: UnusualMoveParams): void {
  if (Number.isNaN(squared)) return;
  state.returns++;
  // The first returns have equal weights, so that the initial zero does not bias the mean.
  const weight = Math.max(weightOf(halfLifeHours * 60), 1 / state.returns);
  state.variance += weight * (squared - state.variance);
}

/** How many standard deviations a distance is; NaN while too little is known. */
function scoreOf(
  { variance, returns }: UnusualMoveState,
  changePct: number,
  { windowMinutes }: UnusualMoveParams,
): number {
  if (returns < MIN_RETURNS) return Number.NaN;
  return Math.abs(changePct) / 100 / Math.sqrt(variance * distanceVariance(windowMinutes));
}
