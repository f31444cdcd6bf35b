import type { z } from 'zod';
import type { Direction, RuleParams } from '../../../../shared/domain/alert.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';

/** The condition is clearly over: it may become true anew. */
export const CALM = 0;
/** The condition does not hold, but is not clearly over either; or too little is known. */
export const NEAR = 2;
/** The condition holds, upwards or downwards. */
export const UP = 1;
export const DOWN = -1;
/** The condition holds, without a direction. */
export const HOLDS = 3;
/** What a rule finds at a tick. Numbers, because they are made for every tick of every coin. */
export type Verdict = typeof CALM | typeof NEAR | typeof UP | typeof DOWN | typeof HOLDS;

/** What a rule may look at of the prices of its coin, currency and source before the tick that it is given. */
export type Past = {
  /** Arithmetic mean of the prices in the rule's window; NaN while they are too few, or too close together. */
  readonly mean: number;
  /** The highest and the lowest price of the rule's window of extremes; NaN where there is none. */
  readonly high: number;
  readonly low: number;
  /** Whether prices have come for as long as that window is. */
  readonly isFilled: boolean;
};

/** What a rule wants to have remembered for it. */
export type Memory = {
  /** Length of the window that `past` tells of; rules of the same coin share their windows. */
  readonly meanOfMs?: number;
  /** Length of the window whose extremes `past` tells of. */
  readonly extremesOfMs?: number;
  /** Ticks from this far back decide what the next tick does. */
  readonly replayMs: number;
};

/** The numbers behind an alert. Names that end in `Pct` are per cents. */
export type Figures = Readonly<Record<string, number>>;

/**
 * A kind of rule: one file in `rules/`, and its line in `registry.ts`.
 *
 * A rule sees the ticks of one coin, quote currency and source in the order of their times, and touches nothing but the state
 * that `start` made, which is plain JSON: the engine saves it and goes on from it after a restart. The same ticks lead to the
 * same state. It says when its condition holds; which of those prices become alerts is for the cooldown to decide.
 */
export type RuleKind<Params extends RuleParams = RuleParams, State = unknown> = {
  readonly id: string;
  /**
   * Raises when the condition becomes true, and not again before it was clearly over; otherwise also when the cooldown is over
   * and it still holds.
   */
  readonly onCrossing?: boolean;
  /** The directions of the price that it can be raised for; both when absent. A rule cannot ask for another one. */
  readonly directions?: readonly Direction[];
  /**
   * Whether its direction is that of the coin's price, so that alerts of many coins in one direction are a move of the market; it
   * is, when absent. A kind without `directions` has none.
   */
  readonly isOfPrice?: boolean;
  /** As a user writes them into `params` of a rule. */
  readonly params: z.ZodType<Params>;
  readonly state: z.ZodType<State>;
  memory(params: Params): Memory;
  /** A move of more than this since the last alert, in per cent, is worth another alert before the cooldown is over. */
  againPct(params: Params): number;
  /**
   * For a kind that measures a move of the price, which is the figure `changePct`: the variance of that figure where returns are
   * independent, in variances of the return of a minute. Alerts of other kinds are never inhibited by those of a leading coin.
   */
  moveVariance?(params: Params): number;
  start(params: Params): State;
  /** Takes a tick in. */
  step(state: State, tick: Tick, params: Params, past: Past): Verdict;
  /**
   * Takes the tick that was stepped last as a crossing to the side that it is on, and returns that side; for kinds whose condition
   * does not hold before a crossing was seen. A rule that is raised at once goes by it; by `step`, when absent.
   */
  cross?(state: State, tick: Tick, params: Params): Verdict;
  /** The numbers at the tick that was stepped last. */
  figures(state: State, tick: Tick, params: Params, past: Past): Figures;
};
