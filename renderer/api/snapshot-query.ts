import { queryOptions } from '@tanstack/react-query';
import type { Quote, Snapshot, Status } from '../../shared/domain.ts';
import type { Monitor } from './monitor-context.ts';

export const SNAPSHOT_KEY = ['snapshot'] as const;

/** The snapshot, which sets the page's clock when it arrives. Events keep it current, so it is not asked for again. */
export function snapshotQuery({ client, clock }: Monitor) {
  return queryOptions({
    queryKey: SNAPSHOT_KEY,
    queryFn: async (): Promise<Snapshot> => {
      const snapshot = await client.call('snapshot', {});
      clock.sync(snapshot.now, snapshot.clockSpeed);
      return snapshot;
    },
    staleTime: Number.POSITIVE_INFINITY,
    // Patches keep what did not change identical by themselves; comparing hundreds of price lists would cost more.
    structuralSharing: false,
  });
}

/** The snapshot with these quotes in the place of the older ones of their coins. Quotes of coins that it does not list are dropped. */
export function withQuotes(snapshot: Snapshot, quotes: readonly Quote[]): Snapshot {
  const news = new Map(quotes.map((quote) => [quote.coinId, quote]));
  return { ...snapshot, quotes: snapshot.quotes.map((quote) => news.get(quote.coinId) ?? quote) };
}

export function withStatus(snapshot: Snapshot, status: Status): Snapshot {
  return { ...snapshot, status };
}
