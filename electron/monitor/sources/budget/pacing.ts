import { nextDelayMs } from '../../time/backoff.ts';
import type { FeedError } from '../price-source.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Two requests never start closer than this, however often the user changes the coins. */
const LEAST_GAP_MS = SECOND_MS;
/** A request that took longer than the poll interval is not followed by the next at once. */
const LEAST_PAUSE_MS = 250;
const FAILURE_LIMITS = { baseMs: SECOND_MS, capMs: 5 * MINUTE_MS };
/** For a 429 without `Retry-After`: limits are counted per minute, so half a minute is the least that can help. */
const RATE_LIMIT_LIMITS = { baseMs: 30 * SECOND_MS, capMs: HOUR_MS };
/** A `Retry-After` outside of these is a mistake: 0 would hammer, a week would leave the user without prices. */
const RETRY_AFTER_LIMITS = { leastMs: SECOND_MS, mostMs: HOUR_MS };
/** A refused key may be allowed again (paid, unblocked) without a word to us. */
const REFUSED_RETRY_MS = 15 * MINUTE_MS;

/** When to ask again. Instants in milliseconds since the epoch. */
export type Pace = {
  /** When the next request is due by itself. */
  readonly nextAt: number;
  /** Even a change of coins may not be asked for before this. */
  readonly notBefore: number;
  /** The delay after the last failure; 0 after a success. */
  readonly backoffMs: number;
};

export type PaceInput = {
  readonly previous: Pace;
  readonly startedAt: number;
  readonly now: number;
  readonly pollMs: number;
  /** In [0, 1). */
  readonly random: number;
};

/** The pace while a request that started at `startedAt` is under way. */
export function paceOfStart(previous: Pace, startedAt: number): Pace {
  return { ...previous, nextAt: startedAt, notBefore: startedAt + LEAST_GAP_MS };
}

/** After an answer the next request starts one interval after this one started, so that the rhythm does not drift. */
export function paceAfterAnswer({ startedAt, now, pollMs }: Omit<PaceInput, 'previous' | 'random'>): Pace {
  const nextAt = Math.max(startedAt + Math.max(pollMs, LEAST_GAP_MS), now + LEAST_PAUSE_MS);
  return { nextAt, notBefore: startedAt + LEAST_GAP_MS, backoffMs: 0 };
}

/** After a failure: what the provider asked for, or else a growing delay with jitter. */
export function paceAfterFailure(error: FeedError, input: PaceInput): Pace {
  const { previous, startedAt, now, random } = input;
  const asked =
    error.retryAfterMs === null
      ? null
      : Math.min(RETRY_AFTER_LIMITS.mostMs, Math.max(RETRY_AFTER_LIMITS.leastMs, error.retryAfterMs));
  const soonest = startedAt + LEAST_GAP_MS;

  if (error.kind === 'refused') {
    return { nextAt: now + REFUSED_RETRY_MS, notBefore: soonest, backoffMs: previous.backoffMs };
  }
  if (error.kind === 'rate-limited') {
    const backoffMs = nextDelayMs(previous.backoffMs, RATE_LIMIT_LIMITS, random);
    const nextAt = Math.max(soonest, now + (asked ?? backoffMs));
    return { nextAt, notBefore: nextAt, backoffMs: asked === null ? backoffMs : previous.backoffMs };
  }
  const backoffMs = nextDelayMs(previous.backoffMs, FAILURE_LIMITS, random);
  // A 503 may carry Retry-After too.
  const nextAt = Math.max(soonest, now + backoffMs, now + (asked ?? 0));
  return { nextAt, notBefore: asked === null ? soonest : Math.max(soonest, now + asked), backoffMs };
}
