/** Lets so much pass at once, and then so much each second: a token bucket. */
export type RateLimit = {
  /** Whether one more may pass now. */
  take(): boolean;
};

/** @param now in milliseconds, on a clock that is never set back */
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
