/**
 * Delay before the next attempt: decorrelated jitter, `min(cap, random between base and 3 × previous)`.
 * It spreads clients that failed together, and grows about as fast as plain doubling.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param previousMs the delay before this one; 0 after a success
 * @param random a number in [0, 1)
 */
export function nextDelayMs(
  previousMs: number,
  limits: { readonly baseMs: number; readonly capMs: number },
  random: number,
): number {
  const { baseMs, capMs } = limits;
  const ceiling = Math.max(baseMs, previousMs * 3);
  return Math.min(capMs, Math.round(baseMs + random * (ceiling - baseMs)));
}
