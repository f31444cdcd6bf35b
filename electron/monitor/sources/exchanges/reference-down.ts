import type { FeedState } from '../../../../shared/domain/feed-state.ts';

/** Poll intervals without a response after which prices come from an exchange. */
const MAX_SILENT_INTERVALS = 2;

/** Whether polling has returned no prices for longer than two of its intervals. */
export function isReferenceDown(state: FeedState, pollMs: number, startedAt: number, now: number): boolean {
  // A time in the future was recorded before the clock was set back, so its age is unknown.
  const isLongAgo = (since: number): boolean => since > now || now - since > MAX_SILENT_INTERVALS * pollMs;
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
