import { z } from 'zod';
import { CALM, DOWN, NEAR, type RuleKind } from './rule-kind.ts';

const HOUR_MS = 3_600_000;
/** Share of the drawdown that it must fall below for it to be over. */
const REARM_SHARE = 0.75;
/** In binary floating point, a drawdown of exactly the threshold may come out slightly above it; that is not "more than". */
const ROUNDING_PCT = 1e-9;

const paramsSchema = z.strictObject({
  drawdownPct: z.number().min(0.01).max(99.99).default(10),
  /** Hours whose highest price is the peak: 720 are 30 days. */
  hours: z.number().min(1).max(720).default(168),
});
export type DrawdownParams = Readonly<z.infer<typeof paramsSchema>>;

/** Holds while a price is more than `drawdownPct` below the highest price of the `hours` before it. */
export const drawdown: RuleKind<DrawdownParams, Readonly<Record<string, never>>> = {
  id: 'drawdown',
  onCrossing: true,
  directions: ['down'],
  params: paramsSchema,
  state: z.strictObject({}),
  memory: ({ hours }) => ({ extremesOfMs: hours * HOUR_MS, replayMs: hours * HOUR_MS }),
  againPct: ({ drawdownPct }) => drawdownPct,
  moveVariance: ({ hours }) => hours * 60,
  start: () => ({}),

  step(_state, { price }, { drawdownPct }, { high }) {
    const depth = (1 - price / high) * 100;
    if (depth < drawdownPct * REARM_SHARE) return CALM;
    return depth > drawdownPct + ROUNDING_PCT ? DOWN : NEAR;
  },

  figures: (_state, { price }, _params, { high }) => ({ high, changePct: (price / high - 1) * 100 }),
};
