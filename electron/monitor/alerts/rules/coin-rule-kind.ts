import type { z } from 'zod';
import type { Direction, RuleParams } from '../../../../shared/domain/alert.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Figures, Verdict } from './rule-kind.ts';

/** The state of the other rules of its coin that a rule may use, at the current tick or instant. */
export type OtherRules = {
  /**
   * The side on which another rule fires: its condition has held for as long as that rule requires, and that rule is active for
   * this direction and at this time. `CALM` while it does not fire, and for a rule that does not watch the coin.
   */
  firing(ruleId: string): Verdict;
};

/** The state of all watched coins that a rule may use when time passes. */
export type Market = {
  /** The time of the newest price of any coin; minus infinity before the first. */
  readonly newestAt: number;
  /** How many coins have had a price. */
  readonly coins: number;
  /** When the rule was last raised for any coin; minus infinity for never. */
  readonly raisedAt: number;
};

/**
 * A kind of rule about a coin as a whole. A `RuleKind` sees the prices of each source separately; this one sees those of all
 * sources, and the other rules of the coin. Prices are in the order of their times within each source, but not across sources.
 *
 * Like any rule, it changes only its own state, and the same ticks and instants lead to the same state.
 */
export type CoinRuleKind<Params extends RuleParams = RuleParams, State = unknown> = {
  readonly id: string;
  readonly isOfCoin: true;
  /** See `RuleKind`. */
  readonly onCrossing?: boolean;
  /** See `RuleKind`. */
  readonly directions?: readonly Direction[];
  /** See `RuleKind`. For a kind that uses other rules, it follows from theirs: see `market-direction.ts`. */
  readonly isOfPrice?: boolean;
  readonly params: z.ZodType<Params>;
  readonly state: z.ZodType<State>;
  /** Ticks from this far back affect the next result. */
  replayMs(params: Params): number;
  againPct(params: Params): number;
  /** Ids of the rules that it uses. It is stepped after them. */
  members?(params: Params): readonly string[];
  /** The sources whose prices it compares; when absent, all sources are treated alike. */
  sources?(params: Params): readonly string[];
  start(params: Params): State;
  /** Steps with a tick, after the rules of its source. */
  step(state: State, tick: Tick, params: Params, others: OtherRules): Verdict;
  /** Steps with the time `at`, for a kind that can fire without a new tick. */
  pass?(state: State, at: number, params: Params, market: Market): Verdict;
  /** The numbers at the tick or instant that was stepped last. */
  figures(state: State, params: Params): Figures;
};
