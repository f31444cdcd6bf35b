import type { FeedState } from '../../shared/domain/feed-state.ts';
import type { Connection } from '../api/connection.ts';

/**
 * Why no newer price can be expected, in a word or two for a card; null when prices are on their way. Being
 * rate-limited is not among them: it is routine, and a card tells by its age when it lasts.
 */
export function outageOf(connection: Connection, feed: FeedState | undefined): string | null {
  if (connection === 'lost' || connection === 'expired') return 'Disconnected';
  switch (feed?.status) {
    case 'offline':
      return 'Offline';
    case 'stale':
      return 'Stale';
    case 'stopped':
      return 'Refused';
    default:
      return null;
  }
}

/** CoinGecko caches prices for 20 to 60 seconds, so that much and a missed poll are nothing to point out. */
const CACHE_MS = 90_000;

/** The age from which a price is shown as old. */
export function oldAfterMs(pollSeconds: number): number {
  return CACHE_MS + 2 * pollSeconds * 1_000;
}
