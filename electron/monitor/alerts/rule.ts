import type { z } from 'zod';
import type { Tick } from '../../../shared/domain.ts';

/** What a rule says when it fires. */
export type Firing = {
  /** What happened, without time and coin. */
  readonly message: string;
  /** The numbers behind it. Names that end in `Pct` are per cents, the others are in the quote currency. */
  readonly figures: Readonly<Record<string, number>>;
};

/**
 * A kind of alert. A new kind is one file that exports a rule, and its line in the list that the engine is given.
 * A rule sees the ticks of one coin, quote currency and source in the order of their times, and touches nothing but
 * the state that `start` made: the same ticks give the same firings, which is how a restart finds its place again.
 */
export type Rule<Params, State> = {
  readonly id: string;
  readonly params: z.ZodType<Params>;
  /** Ticks from this far back decide what the next tick does; older ones have no say. */
  memoryMs(params: Params): number;
  start(params: Params): State;
  step(state: State, tick: Tick, params: Params): Firing | null;
};
