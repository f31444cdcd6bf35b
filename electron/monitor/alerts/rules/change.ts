import { z } from 'zod';
import { CALM, DOWN, NEAR, type RuleKind, UP } from './rule-kind.ts';

const MINUTE_MS = 60_000;
/** Share of the change that it must fall below for the move to be over. */
const REARM_SHARE = 0.75;
/** In binary floating point, a change of exactly the threshold may come out slightly above it; that is not "more than". */
const ROUNDING_PCT = 1e-9;

const paramsSchema = z.strictObject({
  changePct: z.number().min(0.01).max(1_000).default(5),
  withinMinutes: z.number().min(1).max(43_200).default(60),
});
export type ChangeParams = Readonly<z.infer<typeof paramsSchema>>;

/**
 * Holds while a price is more than `changePct` above the lowest, or below the highest, price of the last `withinMinutes`,
 * wherever within that time the move began. If both apply, the larger one counts.
 */
export const change: RuleKind<ChangeParams, Readonly<Record<string, never>>> = {
  id: 'change',
  onCrossing: true,
  params: paramsSchema,
  state: z.strictObject({}),
  memory: ({ withinMinutes }) => ({
    extremesOfMs: withinMinutes * MINUTE_MS,
    replayMs: withinMinutes * MINUTE_MS,
  }),
  againPct: ({ changePct }) => changePct,
  moveVariance: ({ withinMinutes }) => withinMinutes,
  start: () => ({}),

  step(_state, tick, { changePct }, past) {
    const rise = (tick.price / past.low - 1) * 100;
    const fall = (1 - tick.price / past.high) * 100;
    const larger = Math.max(rise, fall);
    if (larger < changePct * REARM_SHARE) return CALM;
    if (!(larger > changePct + ROUNDING_PCT)) return NEAR;
    return rise >= fall ? UP : DOWN;
  },

  figures(_state, tick, _params, { high, low }) {
    const rise = (tick.price / low - 1) * 100;
    const fall = (tick.price / high - 1) * 100;
    return rise >= -fall ? { low, changePct: rise } : { high, changePct: fall };
  },
};
