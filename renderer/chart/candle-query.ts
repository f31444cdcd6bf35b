import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  replaceEqualDeep,
} from '@tanstack/react-query';
import type { Quote, QuoteUpdate } from '../../shared/domain/quote.ts';
import type { Client } from '../api/client.ts';
import { SNAPSHOT_KEY } from '../api/snapshot-query.ts';
import {
  type CandlePage,
  foldPrice,
  type LivePrice,
  newestPage,
  type OlderThan,
  olderPage,
  olderThan,
  PAGE_LIMIT,
} from './model/candle-page.ts';
import type { SeriesKey } from './model/series-key.ts';

export type CandleData = InfiniteData<CandlePage, OlderThan | undefined>;

export const CANDLES_KEY = ['candles'] as const;
export const candleKey = ({ coinId, vsCurrency, interval }: SeriesKey) =>
  [...CANDLES_KEY, coinId, vsCurrency, interval] as const;

/** How often candles that the page folds are replaced by those of the database, which has late prices and backfilled history. */
const REFRESH_MS = 300_000;
/**
 * Series are kept current only while they are on screen, and are fetched again when they are shown again. The components of one
 * chart are mounted one after the other, and must not each fetch.
 */
const FRESH_MS = 2_000;
/** The delay before candles are requested again after a failure. */
const RETRY_MS = 5_000;

/** The candles of one series in pages, newest first. Prices that are newer than the database are folded in. */
export function candleQuery(client: Client, queryClient: QueryClient, key: SeriesKey) {
  return infiniteQueryOptions({
    queryKey: candleKey(key),
    queryFn: async ({ pageParam }): Promise<CandlePage> => {
      const { coinId, interval } = key;
      const request = { coinId, interval, limit: PAGE_LIMIT };
      if (pageParam !== undefined) {
        const { before, volumeKind } = pageParam;
        return olderPage(
          await client.call('candles', { ...request, before, ...(volumeKind && { volumeKind }) }),
        );
      }
      const series = await client.call('candles', request);
      const quote = knownQuote(queryClient, coinId);
      return recentPrices(quote).reduce(
        (folded, tick) => foldPrice(folded, interval, tick),
        newestPage(series, quote && counterOf(quote)),
      );
    },
    initialPageParam: undefined as OlderThan | undefined,
    // When all pages are fetched again, this runs after each: the kind of volume is that of the refetched newest page.
    getNextPageParam: (_oldest, pages) => olderThan(pages),
    // Selected data already keeps its identity; comparing it as well would read all candles for each price.
    structuralSharing: (before, now) => (isCandleData(now) ? replaceEqualDeep(before, now) : now),
    staleTime: FRESH_MS,
    // Each change of the data, even by a price, restarts the interval, so the remaining time is computed.
    refetchInterval: ({ state }) =>
      state.status === 'error' ? RETRY_MS : Math.max(RETRY_MS, state.dataUpdatedAt + REFRESH_MS - Date.now()),
  });
}

const isCandleData = (data: unknown): boolean => typeof data === 'object' && data !== null && 'pages' in data;

/** The newest quote of a coin that the page has received. */
function knownQuote(queryClient: QueryClient, coinId: string): Quote | null {
  const snapshot = queryClient.getQueryData<{ readonly quotes: readonly Quote[] }>(SNAPSHOT_KEY);
  return snapshot?.quotes.find((one) => one.coinId === coinId) ?? null;
}

/** The counter of trades; 0 if the monitor has not received any. */
export function counterOf({ tradedTotal }: QuoteUpdate): number {
  return tradedTotal ?? 0;
}

/** The recent prices of a quote, in the order of their times. */
function recentPrices(quote: Quote | null): readonly LivePrice[] {
  // The volume is known only for the newest price, and the page already has the counter.
  return (quote?.recent ?? []).map(([observedAt, price]) => ({
    observedAt,
    price,
    volume24h: observedAt === quote?.observedAt ? quote.volume24h : null,
    tradedTotal: null,
    // Unknown for the other prices, which the fetched series already contains.
    isTrade: observedAt === quote?.observedAt && quote.isTrade,
    source: observedAt === quote?.observedAt ? quote.source : null,
  }));
}
