import type { FeedState } from '../../../../shared/domain/feed-state.ts';
import type { FeedError } from '../price-source.ts';

const MINUTE_MS = 60_000;

/** How the feed is doing, with what is needed to tell how it goes on. Instants in milliseconds since the epoch. */
export type FeedHealth = {
  readonly state: FeedState;
  /** Newest `observedAt` seen for what is watched now. */
  readonly newestObservedAt: number | null;
  /** By our clock, since when the provider's prices stand still; null before the first answer. */
  readonly stillSince: number | null;
  readonly lastSuccessAt: number | null;
  /** Start of the run of failures that is going on. */
  readonly failingSince: number | null;
};

export const INITIAL_HEALTH: FeedHealth = {
  state: { status: 'starting' },
  newestObservedAt: null,
  stillSince: null,
  lastSuccessAt: null,
  failingSince: null,
};

/** How long prices may stand still before they count as stale: longer than caches and a few lost polls explain. */
export function staleAfterMs(pollMs: number): number {
  return Math.max(3 * pollMs, 5 * MINUTE_MS);
}

/**
 * After an answer.
 *
 * Whether prices move on is judged by our own clock, so that a wrong clock on this machine does not make good prices
 * stale. Only where we were not watching (at the start, after an outage or a sleep) is there nothing but the age of the
 * newest price to go by.
 *
 * @param observedAt newest time in the answer; null when no coin had a usable price
 */
export function afterAnswer(
  health: FeedHealth,
  answer: { readonly at: number; readonly observedAt: number | null; readonly pollMs: number },
): FeedHealth {
  const { at, observedAt, pollMs } = answer;
  const limit = staleAfterMs(pollMs);
  const watching = health.lastSuccessAt !== null && at - health.lastSuccessAt <= limit;
  const movedOn =
    observedAt !== null && (health.newestObservedAt === null || observedAt > health.newestObservedAt);
  const newestObservedAt = movedOn ? observedAt : health.newestObservedAt;
  const isFirstPrice = movedOn && health.newestObservedAt === null;

  // A moment that is still to come is one of before the clock was set back.
  let stillSince = Math.min(health.stillSince ?? at, at);
  if (movedOn) stillSince = watching && !isFirstPrice ? at : Math.min(at, observedAt);

  const state: FeedState =
    at - stillSince > limit
      ? { status: 'stale', since: newestObservedAt ?? stillSince, lastSuccessAt: at }
      : { status: 'live', lastSuccessAt: at };
  return { state, newestObservedAt, stillSince, lastSuccessAt: at, failingSince: null };
}

/** After a failure. `retryAt` is when the next request is due. */
export function afterFailure(
  health: FeedHealth,
  failure: { readonly at: number; readonly error: FeedError; readonly retryAt: number },
): FeedHealth {
  const { at, error, retryAt } = failure;
  const failingSince = health.failingSince ?? at;
  return { ...health, failingSince, state: stateOfFailure(health.state, error, at, failingSince, retryAt) };
}

function stateOfFailure(
  before: FeedState,
  error: FeedError,
  at: number,
  failingSince: number,
  retryAt: number,
): FeedState {
  switch (error.kind) {
    case 'rate-limited':
      return {
        status: 'rate-limited',
        since: before.status === 'rate-limited' ? before.since : at,
        until: retryAt,
      };
    case 'refused':
      return {
        status: 'stopped',
        since: before.status === 'stopped' ? before.since : at,
        error: error.message,
      };
    case 'unreachable':
    case 'bad-answer':
      return { status: 'offline', since: failingSince, retryAt, error: error.message };
  }
}

/** Other coins or another currency: what was seen says nothing about how these move. */
export function afterChange(health: FeedHealth): FeedHealth {
  return { ...health, newestObservedAt: null, stillSince: null };
}
