import type { FeedState } from '../../shared/domain/feed-state.ts';
import { t } from '../../shared/messages/message.ts';
import type { Connection } from '../api/connection.ts';

/**
 * Why no newer price is expected, in one or two words for a card; null if one is. Rate limits are not included, because they are
 * common, and the age of the price shows a long one.
 */
export function outageOf(connection: Connection, feed: FeedState | undefined): string | null {
  if (connection === 'lost' || connection === 'expired') return t('quotes.disconnected');
  switch (feed?.status) {
    case 'offline':
      return t('quotes.offline');
    case 'stale':
      return t('quotes.stale');
    case 'stopped':
      return t('quotes.refused');
    default:
      return null;
  }
}

/** CoinGecko caches prices for 20 to 60 seconds, so an age up to this, plus two polls, is normal. */
const CACHE_MS = 90_000;

/** The age above which a price is shown as old. */
export function oldAfterMs(pollSeconds: number): number {
  return CACHE_MS + 2 * pollSeconds * 1_000;
}
