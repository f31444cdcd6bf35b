export type ReconnectLimits = { readonly baseMs: number; readonly capMs: number };

/** From 1 s to 15 s: a restarted monitor is found quickly, and a stopped one causes little load. */
export const RECONNECT_LIMITS: ReconnectLimits = { baseMs: 1_000, capMs: 15_000 };

/**
 * The delay before the next attempt to connect: it doubles from `baseMs` to `capMs`, minus a jitter of up to a quarter,
 * so that several pages do not reconnect at the same moment.
 *
 * @param failures the number of consecutive failures, from 1
 * @param random a number in [0, 1)
 */
export function reconnectDelayMs(failures: number, limits: ReconnectLimits, random: number): number {
  // After 30 doublings the delay exceeds any cap; more would overflow.
  const doubled = limits.baseMs * 2 ** Math.min(30, Math.max(0, failures - 1));
  return Math.round(Math.min(limits.capMs, doubled) * (1 - random / 4));
}
