import type { z } from 'zod';
import type { Direction, RuleParams } from '../../../../shared/domain/alert.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';

/** The condition is clearly over: it may become true again. */
export const CALM = 0;
/** The condition does not hold, but is not clearly over either; or too little is known. */
export const NEAR = 2;
/** The condition holds, upwards or downwards. */
export const UP = 1;
export const DOWN = -1;
/** The condition holds, without a direction. */
export const HOLDS = 3;
/** The result of a rule at a tick. Numbers, because they are created for every tick of every coin. */
export type Verdict = typeof CALM | typeof NEAR | typeof UP | typeof DOWN | typeof HOLDS;

/** The prices of its coin, currency and source before the current tick that a rule may use. */
export type Past = {
  /** Arithmetic mean of the prices in the rule's window; NaN while they are too few, or too close together. */
  readonly mean: number;
  /** The highest and the lowest price of the rule's window of extremes; NaN if there is none. */
  readonly high: number;
  readonly low: number;
  /** Whether prices have been received for the whole length of that window. */
  readonly isFilled: boolean;
};

/** What a rule needs the engine to remember. */
export type Memory = {
  /** Length of the window whose mean is `past.mean`; rules of the same coin share their windows. */
  readonly meanOfMs?: number;
  /** Length of the window whose extremes are in `past`. */
  readonly extremesOfMs?: number;
  /** Ticks from this far back affect the next result. */
  readonly replayMs: number;
};

/** The numbers behind an alert. Those whose names end in `Pct` are percentages. */
export type Figures = Readonly<Record<string, number>>;

/**
 * A kind of rule: one file in `rules/`, and its line in `registry.ts`.
 *
 * A rule sees the ticks of one coin, quote currency and source in the order of their times, and changes only the state that
 * `start` created, which is plain JSON: the engine saves it and continues from it after a restart. The same ticks lead to the
 * same state. It returns when its condition holds; the cooldown decides which of those prices become alerts.
 */
export type RuleKind<Params extends RuleParams = RuleParams, State = unknown> = {
  readonly id: string;
  /**
   * Raises when the condition becomes true, and not again before it was clearly over; otherwise also when the cooldown is over
   * and it still holds.
   */
  readonly onCrossing?: boolean;
  /** The directions of the price for which it can raise alerts; both when absent. A rule cannot have another one. */
  readonly directions?: readonly Direction[];
  /**
   * Whether its direction is that of the coin's price, so that alerts of many coins in one direction are a market move; true when
   * absent. A kind without `directions` has none.
   */
  readonly isOfPrice?: boolean;
  /** The `params` of a rule, as the user writes them. */
  readonly params: z.ZodType<Params>;
  readonly state: z.ZodType<State>;
  memory(params: Params): Memory;
  /** A move of more than this since the last alert, in per cent, justifies another alert before the cooldown is over. */
  againPct(params: Params): number;
  /**
   * For a kind that measures a move of the price, which is the figure `changePct`: the variance of that figure if returns are
   * independent, in variances of the return of a minute. Alerts of other kinds are never inhibited by those of a leading coin.
   */
  moveVariance?(params: Params): number;
  start(params: Params): State;
  /** Steps with a tick. */
  step(state: State, tick: Tick, params: Params, past: Past): Verdict;
  /**
   * Treats the tick that was stepped last as a crossing to its side, and returns that side; for kinds whose condition does not
   * hold before a crossing was seen. Used for a rule that raises an alert immediately; when absent, `step` is used.
   */
  cross?(state: State, tick: Tick, params: Params): Verdict;
  /** The numbers at the tick that was stepped last. */
  figures(state: State, tick: Tick, params: Params, past: Past): Figures;
};
