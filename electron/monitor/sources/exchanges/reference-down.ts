import type { FeedState } from '../../../../shared/domain/feed-state.ts';

/** So many poll intervals without an answer are borne before prices come from an exchange. */
const BORNE_INTERVALS = 2;

/** Whether the feed has been without news for longer than two of its intervals. */
export function isReferenceDown(state: FeedState, pollMs: number, startedAt: number, now: number): boolean {
  // A moment that is still to come is one of before the clock was set back: how long ago it was is not known.
  const isLongAgo = (since: number): boolean => since > now || now - since > BORNE_INTERVALS * pollMs;
  switch (state.status) {
    case 'live':
      return false;
    case 'starting':
      return isLongAgo(startedAt);
    case 'stale':
    case 'rate-limited':
    case 'offline':
    case 'stopped':
      return isLongAgo(state.since);
  }
}
