import type { RateLimit } from './channel.ts';

/** Limits attempts: `burst` of them immediately, and one more for every `everyMs` that has passed. */
export type TokenBucket = {
  /** How long until an attempt may be made, in ms; 0 for now. */
  delayMs(now: number): number;
  /** Counts an attempt. */
  take(now: number): void;
};

/** @param limit null for no limit */
export function createTokenBucket(limit: RateLimit | null): TokenBucket {
  if (limit === null) return { delayMs: () => 0, take: () => undefined };
  const { burst, everyMs } = limit;
  // Counted in milliseconds, `everyMs` for each token: fractions of a token would not add up to a whole one.
  let creditMs = burst * everyMs;
  let filledAt: number | null = null;

  const fill = (now: number): void => {
    // Setting the clock back neither adds nor removes credit.
    const passedMs = Math.max(0, now - (filledAt ?? now));
    creditMs = Math.min(burst * everyMs, creditMs + passedMs);
    filledAt = now;
  };

  return {
    delayMs(now) {
      fill(now);
      return Math.max(0, Math.ceil(everyMs - creditMs));
    },
    take(now) {
      fill(now);
      creditMs = Math.max(0, creditMs - everyMs);
    },
  };
}
