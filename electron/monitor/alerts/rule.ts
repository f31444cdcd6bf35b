import type { z } from 'zod';
import type { RuleParams } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';

/** What a rule says when it fires. */
export type Firing = {
  readonly params: RuleParams;
  /** The numbers behind it. Names that end in `Pct` are per cents, the others are in the quote currency. */
  readonly figures: Readonly<Record<string, number>>;
};

/** What a rule knows of one coin, currency and source. */
export type RuleState = {
  /** When the condition was last clearly over, so that it may become true anew. */
  calmAt: number;
};

/**
 * A kind of alert. A new kind is one file that exports a rule, and its line in the list that the engine is given.
 * A rule sees the ticks of one coin, quote currency and source in the order of their times, and touches nothing but
 * the state that `start` made: the same ticks give the same states, which is how a restart finds its place again.
 * It says when its condition holds; which of those prices become alerts is for the cooldown to decide.
 */
export type Rule<Params, State extends RuleState> = {
  readonly id: string;
  readonly params: z.ZodType<Params>;
  /** Ticks from this far back decide what the next tick does; older ones have no say. */
  memoryMs(params: Params): number;
  /** A move of more than this since the last alert, in per cent, is worth another alert before the cooldown is over. */
  againPct(params: Params): number;
  start(params: Params): State;
  /** Takes a tick in: 1 or -1 while the condition holds, by the side of the price, and 0 otherwise. */
  step(state: State, tick: Tick, params: Params): number;
  /** What there is to say of the newest tick, for which the condition holds. */
  describe(state: State, params: Params): Firing;
};
