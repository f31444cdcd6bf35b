import type { Direction } from './alert.ts';

/** Alerts of many coins in one direction within a short time. */
export type MarketMove = {
  readonly direction: Direction;
  /** The number of coins, including those of earlier messages about the same move. */
  readonly coins: number;
  /** How many coins are watched. */
  readonly watched: number;
};
