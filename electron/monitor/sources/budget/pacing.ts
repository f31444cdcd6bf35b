import { nextDelayMs } from '../../time/backoff.ts';
import type { FeedError } from '../price-source.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The minimum time between the starts of two requests, however often the user changes the coins. */
const MIN_GAP_MS = SECOND_MS;
/** The minimum pause after a request that took longer than the poll interval. */
const MIN_PAUSE_MS = 250;
const FAILURE_LIMITS = { baseMs: SECOND_MS, capMs: 5 * MINUTE_MS };
/** For a 429 without `Retry-After`: limits are per minute, so less than half a minute would not help. */
const RATE_LIMIT_LIMITS = { baseMs: 30 * SECOND_MS, capMs: HOUR_MS };
/** Bounds of a plausible `Retry-After`: 0 would flood the server, a week would leave the user without prices. */
const RETRY_AFTER_LIMITS = { minMs: SECOND_MS, maxMs: HOUR_MS };
/** A refused key may be paid for or unblocked at any time. */
const REFUSED_RETRY_MS = 15 * MINUTE_MS;

/** When to poll next. Times are in ms since the epoch. */
export type Pace = {
  /** When the next regular request is due. */
  readonly nextAt: number;
  /** No request may start before this, even after a change of coins. */
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

/** The pace while a request that started at `startedAt` is running. */
export function paceOfStart(previous: Pace, startedAt: number): Pace {
  return { ...previous, nextAt: startedAt, notBefore: startedAt + MIN_GAP_MS };
}

/** After a success, the next request starts one interval after the start of this one, so that polls do not drift. */
export function paceAfterSuccess({ startedAt, now, pollMs }: Omit<PaceInput, 'previous' | 'random'>): Pace {
  const nextAt = Math.max(startedAt + Math.max(pollMs, MIN_GAP_MS), now + MIN_PAUSE_MS);
  return { nextAt, notBefore: startedAt + MIN_GAP_MS, backoffMs: 0 };
}

/** After a failure, the next request waits for the provider's `Retry-After`, or else for a growing delay with jitter. */
export function paceAfterFailure(error: FeedError, input: PaceInput): Pace {
  const { previous, startedAt, now, random } = input;
  const requestedMs =
    error.retryAfterMs === null
      ? null
      : Math.min(RETRY_AFTER_LIMITS.maxMs, Math.max(RETRY_AFTER_LIMITS.minMs, error.retryAfterMs));
  const soonest = startedAt + MIN_GAP_MS;

  if (error.kind === 'refused') {
    return { nextAt: now + REFUSED_RETRY_MS, notBefore: soonest, backoffMs: previous.backoffMs };
  }
  if (error.kind === 'rate-limited') {
    const backoffMs = nextDelayMs(previous.backoffMs, RATE_LIMIT_LIMITS, random);
    const nextAt = Math.max(soonest, now + (requestedMs ?? backoffMs));
    return { nextAt, notBefore: nextAt, backoffMs: requestedMs === null ? backoffMs : previous.backoffMs };
  }
  const backoffMs = nextDelayMs(previous.backoffMs, FAILURE_LIMITS, random);
  // A 503 may carry Retry-After too.
  const nextAt = Math.max(soonest, now + backoffMs, now + (requestedMs ?? 0));
  return {
    nextAt,
    notBefore: requestedMs === null ? soonest : Math.max(soonest, now + requestedMs),
    backoffMs,
  };
}
