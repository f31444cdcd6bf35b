import type { FeedState } from '../../shared/domain/feed-state.ts';
import { t } from '../../shared/messages/message.ts';
import type { Connection } from '../api/connection.ts';

/**
 * Why no newer price is expected, in one or two words for a card; null when prices arrive. Rate limits are not included:
 * they are routine, and when one lasts, the age of the price shows it.
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

/** CoinGecko caches prices for 20 to 60 seconds, so that this age plus a missed poll is normal. */
const CACHE_MS = 90_000;

/** The age above which a price is shown as old. */
export function oldAfterMs(pollSeconds: number): number {
  return CACHE_MS + 2 * pollSeconds * 1_000;
}
