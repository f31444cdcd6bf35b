import type { FeedState } from '../../../../shared/domain.ts';

/** So many poll intervals without an answer are borne before prices come from an exchange. */
const BORNE_INTERVALS = 2;

/** Whether the feed has been without news for longer than two of its intervals. */
export function isReferenceDown(state: FeedState, pollMs: number, startedAt: number, now: number): boolean {
  switch (state.status) {
    case 'live':
      return false;
    case 'starting':
      return now - startedAt > BORNE_INTERVALS * pollMs;
    case 'stale':
    case 'rate-limited':
    case 'offline':
    case 'stopped':
      return now - state.since > BORNE_INTERVALS * pollMs;
  }
}
