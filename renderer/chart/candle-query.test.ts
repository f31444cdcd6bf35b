import { type InfiniteData, QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { CandleSeries } from '../../shared/domain/candle-series.ts';
import type { Quote } from '../../shared/domain/quote.ts';
import type { Client } from '../api/client.ts';
import { SNAPSHOT_KEY } from '../api/snapshot-query.ts';
import { candleQuery, foldUpdate, withPrice } from './candle-query.ts';
import { type CandlePage, newestPage, type OlderThan, PAGE_LIMIT } from './model/candle-page.ts';

const MINUTE = 60_000;
const series: CandleSeries = {
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  interval: '1m',
  volumeKind: null,
  candles: [{ start: 0, open: 1, high: 1, low: 1, close: 1, volume: null, tickCount: 1 }],
  sources: [],
};
const page: CandlePage = newestPage(series, null);
const data: InfiniteData<CandlePage, OlderThan | undefined> = { pages: [page], pageParams: [undefined] };
const quote: Quote = {
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  price: 3,
  observedAt: 30_000,
  source: 'coingecko',
  volume24h: null,
  marketCap: null,
  change24hPct: null,
  tradedTotal: null,
  isTrade: false,
  average: null,
  changeFromAveragePct: null,
  recent: [],
  problem: null,
};

function cacheWith(keys: readonly (readonly string[])[]): QueryClient {
  const queryClient = new QueryClient();
  for (const key of keys) queryClient.setQueryData(key, data);
  return queryClient;
}

const watch = (queryClient: QueryClient, queryKey: readonly string[]): (() => void) =>
  new QueryObserver(queryClient, { queryKey, staleTime: 'static' }).subscribe(() => {});

const liveClose = (queryClient: QueryClient, key: readonly string[]): number | undefined =>
  queryClient.getQueryData<typeof data>(key)?.pages[0]?.live?.close;

describe('a new quote', () => {
  it('updates the candles of its coin on screen, and no others', () => {
    const shown = ['candles', 'bitcoin', 'usd', '1m'];
    const hidden = ['candles', 'bitcoin', 'usd', '5m'];
    const other = ['candles', 'zcash', 'usd', '1m'];
    const queryClient = cacheWith([shown, hidden, other]);
    const stop = [watch(queryClient, shown), watch(queryClient, other)];

    foldUpdate(queryClient, quote);

    expect([shown, hidden, other].map((key) => liveClose(queryClient, key))).toEqual([3, 1, 1]);
    for (const end of stop) end();
    queryClient.clear();
  });

  it('changes nothing without a price', () => {
    const shown = ['candles', 'bitcoin', 'usd', '1m'];
    const queryClient = cacheWith([shown]);
    const stop = watch(queryClient, shown);
    foldUpdate(queryClient, { ...quote, price: null, observedAt: null });
    expect(liveClose(queryClient, shown)).toBe(1);
    stop();
    queryClient.clear();
  });
});

describe('candles that are fetched', () => {
  it('count traded volume from the quote that is known when they arrive', async () => {
    const traded: CandleSeries = { ...series, volumeKind: 'traded' };
    const queryClient = new QueryClient();
    const client: Client = {
      call: async () => {
        queryClient.setQueryData(SNAPSHOT_KEY, { quotes: [{ ...quote, tradedTotal: 5 }] });
        return traded as never;
      },
      on: () => () => {},
      onConnection: () => () => {},
    };
    await queryClient.fetchInfiniteQuery(
      candleQuery(client, queryClient, { coinId: 'bitcoin', vsCurrency: 'usd', interval: '1m' }),
    );
    const shown = ['candles', 'bitcoin', 'usd', '1m'];
    const stop = watch(queryClient, shown);
    foldUpdate(queryClient, { ...quote, tradedTotal: 5.25, isTrade: true });
    expect(queryClient.getQueryData<typeof data>(shown)?.pages[0]?.live?.volume).toBe(0.25);
    foldUpdate(queryClient, { ...quote, tradedTotal: null, isTrade: true });
    foldUpdate(queryClient, { ...quote, tradedTotal: 0.5, isTrade: true });
    expect(queryClient.getQueryData<typeof data>(shown)?.pages[0]?.live?.volume).toBe(0.75);
    stop();
    queryClient.clear();
  });
});

describe('older candles', () => {
  it('are requested with the kind of volume of the newest ones, also after a change', async () => {
    const requested: unknown[] = [];
    let kindOfMost: 'traded' | 'rolling-24h' = 'rolling-24h';
    const client: Client = {
      call: async (_procedure, input) => {
        requested.push(input);
        const { before = 10_000 * MINUTE, volumeKind = kindOfMost } = input as {
          before?: number;
          volumeKind?: typeof kindOfMost;
        };
        const candles = Array.from({ length: PAGE_LIMIT }, (_, n) => ({
          ...(series.candles[0] as (typeof series.candles)[number]),
          start: before - (PAGE_LIMIT - n) * MINUTE,
        }));
        return { ...series, volumeKind, candles } as never;
      },
      on: () => () => {},
      onConnection: () => () => {},
    };
    const queryClient = new QueryClient();
    const key = { coinId: 'bitcoin', vsCurrency: 'usd', interval: '1m' } as const;
    const fetchTwo = () =>
      queryClient.fetchInfiniteQuery({
        ...candleQuery(client, queryClient, key),
        pages: 2,
        staleTime: 0,
      });
    await fetchTwo();
    kindOfMost = 'traded';
    await fetchTwo();
    expect(requested).toMatchObject([{}, { volumeKind: 'rolling-24h' }, {}, { volumeKind: 'traded' }]);
    queryClient.clear();
  });
});

describe('withPrice', () => {
  it('keeps the same array of closed candles while the live one changes', () => {
    const next = withPrice(data, '1m', {
      observedAt: 5,
      price: 2,
      volume24h: null,
      tradedTotal: null,
      isTrade: false,
      source: null,
    });
    expect(next.pages[0]?.closed).toBe(page.closed);
    expect(next.pages[0]?.live?.close).toBe(2);
  });

  it('returns the same data for a price without a change', () => {
    expect(
      withPrice(data, '1m', {
        observedAt: 5,
        price: 1,
        volume24h: null,
        tradedTotal: null,
        isTrade: false,
        source: null,
      }),
    ).toBe(data);
  });

  it('keeps as many page parameters as pages when old pages are dropped', () => {
    const grown: CandlePage = {
      ...page,
      closed: Array.from({ length: 1_000 }, (_, n) => ({
        start: (n - 1_000) * MINUTE,
        open: 1,
        high: 1,
        low: 1,
        close: 1,
        volume: null,
        tickCount: 1,
      })),
    };
    const many = { pages: [grown, page], pageParams: [undefined, { before: 5, volumeKind: null }] };
    const next = withPrice(many, '1m', {
      observedAt: 5,
      price: 2,
      volume24h: null,
      tradedTotal: null,
      isTrade: false,
      source: null,
    });
    expect(next.pages).toHaveLength(1);
    expect(next.pageParams).toEqual([undefined]);
  });
});
