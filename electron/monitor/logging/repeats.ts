/** The same failure is not shown again for this long. */
const QUIET_MS = 15 * 60_000;

export type Repeats = {
  /**
   * Counts an event.
   *
   * @param failure a key that equal failures share; null for an event that is not a failure: something has changed then, and
   *   every failure counts as new again
   * @param now ms since the epoch
   * @returns how often it happened since it was last shown, including this time; null if it is not to be shown
   */
  count(failure: string | null, now: number): number | null;
};

/** Distinguishes repeated failures from new ones. */
export function createRepeats(): Repeats {
  const shown = new Map<string, { at: number; since: number }>();
  return {
    count(failure, now) {
      if (failure === null) {
        shown.clear();
        return 1;
      }
      const last = shown.get(failure);
      if (last !== undefined && Math.abs(now - last.at) < QUIET_MS) {
        last.since++;
        return null;
      }
      const times = (last?.since ?? 0) + 1;
      shown.set(failure, { at: now, since: 0 });
      return times;
    },
  };
}
