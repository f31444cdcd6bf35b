/** How often rules are told what time it is, where time alone can raise one of them. */
export const BEAT_MS = 10_000;

/** The newest instant, not after this one, at which rules are told the time: whole multiples, so that any run has the same ones. */
export const beatAt = (now: number): number => Math.floor(now / BEAT_MS) * BEAT_MS;

/** The instants at which rules are told the time between two prices, oldest first. */
export function* beatsBetween(earlier: number, later: number): Generator<number, void> {
  for (let at = beatAt(earlier) + BEAT_MS; at < later; at += BEAT_MS) yield at;
}
