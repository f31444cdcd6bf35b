import type { Clock } from '../../time/clock.ts';

/** What is not to be done for a while. */
export type Holds = {
  /** From now on for this long, or for what is left of an earlier hold when that is longer. */
  hold(key: string, ms: number): void;
  isHeld(key: string): boolean;
  /** 0 when it is not held. */
  remainingMs(key: string): number;
};

export function createHolds(clock: Clock): Holds {
  const holds = new Map<string, { readonly setAt: number; readonly until: number }>();

  const remainingMs = (key: string): number => {
    const hold = holds.get(key);
    const now = clock.now();
    // Before it was set: the clock was set back, perhaps by years, and nobody knows how much of the hold is over.
    if (hold !== undefined && now >= hold.setAt && now < hold.until) return hold.until - now;
    holds.delete(key);
    return 0;
  };

  return {
    remainingMs,
    isHeld: (key) => remainingMs(key) > 0,
    hold(key, ms) {
      const now = clock.now();
      holds.set(key, { setAt: now, until: now + Math.max(ms, remainingMs(key)) });
    },
  };
}
