import type { FeedState } from '../../../../shared/domain/feed-state.ts';
import type { FeedError } from '../price-source.ts';

const MINUTE_MS = 60_000;

/** The state of polling, with what is needed to compute the next state. Times are in ms since the epoch. */
export type FeedHealth = {
  readonly state: FeedState;
  /** The newest `observedAt` of the coins that are watched now. */
  readonly newestObservedAt: number | null;
  /** Since when, by our clock, prices have not advanced; null before the first response. */
  readonly unchangedSince: number | null;
  readonly lastSuccessAt: number | null;
  /** When the current series of failures started. */
  readonly failingSince: number | null;
};

export const INITIAL_HEALTH: FeedHealth = {
  state: { status: 'starting' },
  newestObservedAt: null,
  unchangedSince: null,
  lastSuccessAt: null,
  failingSince: null,
};

/** How long prices may not advance before they count as stale: longer than caches and a few lost polls explain. */
export function staleAfterMs(pollMs: number): number {
  return Math.max(3 * pollMs, 5 * MINUTE_MS);
}

/**
 * The health after a successful poll.
 *
 * Whether prices advance is measured by our own clock, so that a wrong clock on this machine does not make good
 * prices stale. Only when polling was interrupted (at the start, after an outage or a sleep) is the age of the newest
 * price used.
 *
 * @param observedAt the newest time in the response; null when no coin had a valid price
 */
export function afterSuccess(
  health: FeedHealth,
  response: { readonly at: number; readonly observedAt: number | null; readonly pollMs: number },
): FeedHealth {
  const { at, observedAt, pollMs } = response;
  const limit = staleAfterMs(pollMs);
  const watching = health.lastSuccessAt !== null && at - health.lastSuccessAt <= limit;
  const advanced =
    observedAt !== null && (health.newestObservedAt === null || observedAt > health.newestObservedAt);
  const newestObservedAt = advanced ? observedAt : health.newestObservedAt;
  const isFirstPrice = advanced && health.newestObservedAt === null;

  // A time in the future was recorded before the clock was set back.
  let unchangedSince = Math.min(health.unchangedSince ?? at, at);
  if (advanced) unchangedSince = watching && !isFirstPrice ? at : Math.min(at, observedAt);

  const state: FeedState =
    at - unchangedSince > limit
      ? { status: 'stale', since: newestObservedAt ?? unchangedSince, lastSuccessAt: at }
      : { status: 'live', lastSuccessAt: at };
  return { state, newestObservedAt, unchangedSince, lastSuccessAt: at, failingSince: null };
}

/** The health after a failed poll. `retryAt` is when the next request is due. */
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
        error: error.content,
      };
    case 'unreachable':
    case 'bad-answer':
      return { status: 'offline', since: failingSince, retryAt, error: error.content };
  }
}

/** The health after a change of coins or currency, to which earlier prices do not apply. */
export function afterChange(health: FeedHealth): FeedHealth {
  return { ...health, newestObservedAt: null, unchangedSince: null };
}
