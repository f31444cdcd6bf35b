/** A token bucket: allows a burst, then a fixed rate per second. */
export type RateLimit = {
  /** Takes a token if one is available. */
  take(): boolean;
};

/** @param now monotonic time in milliseconds */
export function createRateLimit(options: {
  readonly burst: number;
  readonly perSecond: number;
  readonly now: () => number;
}): RateLimit {
  const { burst, perSecond, now } = options;
  let left = burst;
  let countedAt = now();
  return {
    take() {
      const at = now();
      left = Math.min(burst, left + ((at - countedAt) / 1_000) * perSecond);
      countedAt = at;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
