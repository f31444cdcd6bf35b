/** How often the time is passed to rules that can fire without a new price. */
export const BEAT_MS = 10_000;

/** The newest beat that is not after `now`. Beats are at whole multiples, so that every run has the same ones. */
export const beatAt = (now: number): number => Math.floor(now / BEAT_MS) * BEAT_MS;

/** The beats between two prices, oldest first. */
export function* beatsBetween(earlier: number, later: number): Generator<number, void> {
  for (let at = beatAt(earlier) + BEAT_MS; at < later; at += BEAT_MS) yield at;
}
