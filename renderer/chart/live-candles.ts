import { hashKey, type Query, type QueryClient } from '@tanstack/react-query';
import type { Candle } from '../../shared/domain/candle.ts';
import type { Interval } from '../../shared/domain/interval.ts';
import type { QuoteUpdate } from '../../shared/domain/quote.ts';
import { CANDLES_KEY, type CandleData, candleKey, counterOf } from './candle-query.ts';
import { type CandlePage, foldPrice, trimPages } from './model/candle-page.ts';
import type { SeriesKey } from './model/series-key.ts';

/**
 * The newest page of a series with the prices since, beside the page that is in the cache. A price seldom changes more than the
 * candle that is not closed yet, and prices arrive too often for the cache, which recomputes the result of every observer.
 */
const folded = new WeakMap<Query, { readonly newest: CandlePage; readonly page: CandlePage }>();
/** Called with the hash of the query whose candle that is not closed yet has changed. */
const watchers = new WeakMap<QueryClient, Set<(hash: string) => void>>();

/** The newest page in the cache, and the same with all prices; null while there is none. */
function newestOf(query: Query): { readonly newest: CandlePage; readonly page: CandlePage } | null {
  const newest = (query.state.data as CandleData | undefined)?.pages[0];
  if (newest === undefined) return null;
  const known = folded.get(query);
  return known?.newest === newest ? known : { newest, page: newest };
}

/** Folds a new price into the series on screen. Others are fetched again when they are shown again. */
export function foldUpdate(queryClient: QueryClient, update: QuoteUpdate): void {
  const { coinId, vsCurrency, price, observedAt, volume24h, isTrade, source } = update;
  if (price === null || observedAt === null) return;
  const tick = { price, observedAt, volume24h, tradedTotal: counterOf(update), isTrade, source };
  const queryKey = [...CANDLES_KEY, coinId, vsCurrency];
  for (const query of queryClient.getQueryCache().findAll({ queryKey, type: 'active' })) {
    const before = newestOf(query);
    if (before === null) continue;
    const page = foldPrice(before.page, query.queryKey[3] as Interval, tick);
    if (page === before.page) continue;
    if (concernsOthers(before.newest, page)) {
      replaceNewest(queryClient, query, page);
    } else {
      folded.set(query, { newest: before.newest, page });
      for (const onChange of watchers.get(queryClient) ?? []) onChange(query.queryHash);
    }
  }
}

function replaceNewest(queryClient: QueryClient, { queryKey, state }: Query, page: CandlePage): void {
  queryClient.setQueryData<CandleData>(
    queryKey,
    (data) => {
      const pages = trimPages([page, ...(data?.pages.slice(1) ?? [])]);
      return data && { pages: [...pages], pageParams: data.pageParams.slice(0, pages.length) };
    },
    // The time of the fetch has not changed.
    { updatedAt: state.dataUpdatedAt },
  );
}

/** Whether two states of a page differ in more than the candle that is not closed yet. */
function concernsOthers(one: CandlePage, other: CandlePage): boolean {
  return (
    one.closed !== other.closed ||
    one.volumeKind !== other.volumeKind ||
    one.sources !== other.sources ||
    (one.live === null) !== (other.live === null)
  );
}

/** Returns a function that reads the candle of a series that is not closed yet; null while there is none. */
export function liveCandleReader(queryClient: QueryClient, key: SeriesKey): () => Candle | null {
  const cache = queryClient.getQueryCache();
  const hash = hashKey(candleKey(key));
  return () => {
    const query = cache.get(hash);
    return query === undefined ? null : (newestOf(query)?.page.live ?? null);
  };
}

/** Calls the listener when a series may have changed, until the returned function is called. */
export function watchSeries(queryClient: QueryClient, key: SeriesKey, listener: () => void): () => void {
  const wanted = hashKey(candleKey(key));
  const onChange = (hash: string): void => {
    if (hash === wanted) listener();
  };
  const own = watchers.get(queryClient) ?? new Set();
  watchers.set(queryClient, own.add(onChange));
  const stopCache = queryClient.getQueryCache().subscribe(({ query }) => onChange(query.queryHash));
  return () => {
    own.delete(onChange);
    stopCache();
  };
}
