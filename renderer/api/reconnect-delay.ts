export type ReconnectLimits = { readonly baseMs: number; readonly capMs: number };

/** From 1 s to 15 s: a monitor that restarts is found quickly, one that is gone is not hammered. */
export const RECONNECT_LIMITS: ReconnectLimits = { baseMs: 1_000, capMs: 15_000 };

/**
 * Delay before the next try to connect: doubles from `baseMs` to `capMs`, less up to a quarter of itself, so that
 * several pages do not come back in step.
 *
 * @param failures how many tries have failed in a row, from 1
 * @param random a number in [0, 1)
 */
export function reconnectDelayMs(failures: number, limits: ReconnectLimits, random: number): number {
  // Past 2^30 the doubled delay is beyond any cap, and later beyond what a number holds.
  const doubled = limits.baseMs * 2 ** Math.min(30, Math.max(0, failures - 1));
  return Math.round(Math.min(limits.capMs, doubled) * (1 - random / 4));
}
