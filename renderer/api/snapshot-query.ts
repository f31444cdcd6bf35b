import { queryOptions } from '@tanstack/react-query';
import type { Quote, QuoteUpdate } from '../../shared/domain/quote.ts';
import { addRecentPrice, type PricePoint } from '../../shared/domain/recent-prices.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { Monitor } from './monitor-context.ts';

export const SNAPSHOT_KEY = ['snapshot'] as const;

/** The snapshot, which sets the page's clock. Events keep it current, so it is not fetched again. */
export function snapshotQuery({ client, clock }: Monitor) {
  return queryOptions({
    queryKey: SNAPSHOT_KEY,
    queryFn: async (): Promise<Snapshot> => {
      const snapshot = await client.call('snapshot', {});
      clock.sync(snapshot.now, snapshot.clockSpeed);
      return snapshot;
    },
    staleTime: Number.POSITIVE_INFINITY,
    // Patches preserve the identity of unchanged parts, so a comparison of hundreds of price lists is unnecessary.
    structuralSharing: false,
  });
}

/** The snapshot with updated quotes. Updates of coins that are not in it are dropped. */
export function withUpdates(snapshot: Snapshot, updates: readonly QuoteUpdate[]): Snapshot {
  const news = new Map(updates.map((update) => [update.coinId, update]));
  const quotes = snapshot.quotes.map((quote) => {
    const update = news.get(quote.coinId);
    return update === undefined ? quote : { ...update, recent: recentWith(quote, update) };
  });
  return { ...snapshot, quotes };
}

/** The recent prices of a coin with that of an update; the same array when the update has no new price. */
function recentWith(quote: Quote, { vsCurrency, price, observedAt }: QuoteUpdate): Quote['recent'] {
  if (vsCurrency !== quote.vsCurrency) return [];
  if (price === null || observedAt === null || observedAt === quote.observedAt) return quote.recent;
  const recent: PricePoint[] = [...quote.recent];
  addRecentPrice(recent, observedAt, price);
  return recent;
}

export function withStatus(snapshot: Snapshot, status: Status): Snapshot {
  return { ...snapshot, status };
}
