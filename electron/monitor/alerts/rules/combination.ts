import { z } from 'zod';
import { ruleIdSchema } from '../../../../shared/domain/rule-id.ts';
import { says } from '../../../../shared/messages/fault-of-issue.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { CoinRuleKind } from './coin-rule-kind.ts';
import { CALM, DOWN, HOLDS, UP, type Verdict } from './rule-kind.ts';

const MINUTE_MS = 60_000;
const MAX_MEMBERS = 10;

const paramsSchema = z.strictObject({
  /** Ids of other rules. */
  rules: z
    .array(ruleIdSchema)
    .min(2)
    .max(MAX_MEMBERS)
    .refine((ids) => new Set(ids).size === ids.length, says(message('value.rule-twice')))
    .readonly(),
  /** How many of them have to fire. */
  match: z.enum(['all', 'any']).default('all'),
  /** A rule counts for this long after it fired last. */
  withinMinutes: z.number().min(0).max(1_440).default(15),
});
export type CombinationParams = Readonly<z.infer<typeof paramsSchema>>;

const stateSchema = z.strictObject({
  /** The newest instant that was evaluated. */
  at: z.number(),
  /** The side on which it held then. */
  side: z.number(),
  /** For each rule, in the order of `rules`: when it fired last, null for never, and on which side. */
  fired: z.array(z.strictObject({ at: z.number().nullable(), side: z.number() })),
});
type CombinationState = z.infer<typeof stateSchema>;

/**
 * Holds while all, or any, of other rules of the coin fire, or fired within the last `withinMinutes`, for prices of any source.
 * Its direction is that of the firing rules that have one, if they agree.
 *
 * It depends on a rule's condition and not on its alerts: a cooldown of the rule, `repeat` and `notify` have no effect.
 */
export const combination: CoinRuleKind<CombinationParams, CombinationState> = {
  id: 'combination',
  isOfCoin: true,
  onCrossing: true,
  params: paramsSchema,
  state: stateSchema,
  replayMs: ({ withinMinutes }) => withinMinutes * MINUTE_MS,
  againPct: () => 0,
  members: ({ rules }) => rules,
  start: ({ rules }) => ({
    at: Number.MIN_SAFE_INTEGER,
    side: CALM,
    fired: rules.map(() => ({ at: null, side: CALM })),
  }),

  step(state, tick, params, others) {
    const { rules, match, withinMinutes } = params;
    // Ticks of different sources are not in the order of their times.
    state.at = Math.max(state.at, tick.observedAt);
    let count = 0;
    let rises = 0;
    let falls = 0;
    for (let index = 0; index < rules.length; index++) {
      const member = state.fired[index];
      if (member === undefined) continue;
      const firing = others.firing(rules[index] ?? '');
      if (firing !== CALM) {
        member.at = state.at;
        member.side = firing;
      }
      if (member.at === null || state.at - member.at > withinMinutes * MINUTE_MS) continue;
      count++;
      if (member.side === UP) rises++;
      else if (member.side === DOWN) falls++;
    }
    const holds = count >= (match === 'all' ? rules.length : 1);
    state.side = holds ? sideAfter(state.side, rises, falls) : CALM;
    return state.side as Verdict; // kept as a number
  },

  figures: ({ at, fired }, { withinMinutes }) => ({
    fired: fired.filter((one) => one.at !== null && at - one.at <= withinMinutes * MINUTE_MS).length,
  }),
};

/**
 * The side on which it holds with these numbers of rising and falling members. A member that fires later does not change the
 * side.
 */
function sideAfter(before: number, rises: number, falls: number): number {
  if (before !== CALM && rises > 0 === falls > 0) return before;
  if (before === HOLDS) return HOLDS;
  return rises > 0 && falls === 0 ? UP : falls > 0 && rises === 0 ? DOWN : HOLDS;
}
