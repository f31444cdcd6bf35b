import type { RateLimit } from './channel.ts';

/** Spaces attempts: `burst` of them at once, and one more for every `everyMs` that has passed. */
export type TokenBucket = {
  /** How long until an attempt may be made, in ms; 0 when now. */
  delayMs(now: number): number;
  /** An attempt is made. */
  take(now: number): void;
};

/** @param limit null for no limit */
export function createTokenBucket(limit: RateLimit | null): TokenBucket {
  if (limit === null) return { delayMs: () => 0, take: () => undefined };
  const { burst, everyMs } = limit;
  let tokens = burst;
  let filledAt: number | null = null;

  const fill = (now: number): void => {
    // A clock that was set back adds nothing and takes nothing away.
    const passedMs = Math.max(0, now - (filledAt ?? now));
    tokens = Math.min(burst, tokens + passedMs / everyMs);
    filledAt = now;
  };

  return {
    delayMs(now) {
      fill(now);
      return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * everyMs);
    },
    take(now) {
      fill(now);
      tokens = Math.max(0, tokens - 1);
    },
  };
}
