import type { Direction } from './alert.ts';

/** Alerts of many coins in one direction within a short time. */
export type MarketMove = {
  readonly direction: Direction;
  /** Of how many coins, those that were told before included. */
  readonly coins: number;
  /** How many coins are watched. */
  readonly watched: number;
};
