import { environmentManager, InfiniteQueryObserver, QueryClient } from '@tanstack/react-query';
import { describe, expect, it, vi } from 'vitest';
import type { CandleSeries } from '../../shared/domain/candle-series.ts';
import { quoteOf } from '../../shared/domain/quote-fixture.ts';
import type { Client } from '../api/client.ts';
import { SNAPSHOT_KEY } from '../api/snapshot-query.ts';
import { candleQuery } from './candle-query.ts';
import { foldUpdate, liveCandleReader } from './live-candles.ts';
import { PAGE_LIMIT } from './model/candle-page.ts';

const MINUTE = 60_000;
const series: CandleSeries = {
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  interval: '1m',
  volumeKind: null,
  candles: [{ start: 0, open: 1, high: 1, low: 1, close: 1, volume: null, tickCount: 1 }],
  sources: [],
};
const key = { coinId: 'bitcoin', vsCurrency: 'usd', interval: '1m' } as const;
const quote = quoteOf({ price: 3, observedAt: 30_000 });

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
    const stop = new InfiniteQueryObserver(queryClient, candleQuery(client, queryClient, key)).subscribe(
      () => {},
    );
    await vi.waitFor(() => expect(liveCandleReader(queryClient, key)()).not.toBeNull());
    foldUpdate(queryClient, { ...quote, tradedTotal: 5.25, isTrade: true });
    expect(liveCandleReader(queryClient, key)()?.volume).toBe(0.25);
    stop();
    queryClient.clear();
  });

  it('are fetched again every five minutes, however often prices arrive', async () => {
    vi.useFakeTimers({ now: 0 });
    // TanStack Query considers an environment without `window` a server, and does not refetch on it.
    const isServer = environmentManager.isServer();
    environmentManager.setIsServer(() => false);
    const requestedAt: number[] = [];
    const client: Client = {
      call: async () => {
        requestedAt.push(Date.now());
        return series as never;
      },
      on: () => () => {},
      onConnection: () => () => {},
    };
    const queryClient = new QueryClient();
    const stop = new InfiniteQueryObserver(queryClient, candleQuery(client, queryClient, key)).subscribe(
      () => {},
    );
    try {
      for (let second = 0; second < 660; second++) {
        await vi.advanceTimersByTimeAsync(1_000);
        foldUpdate(queryClient, { ...quote, price: 2 + (second % 3), observedAt: Date.now() });
      }
      expect(requestedAt).toEqual([0, 5 * MINUTE, 10 * MINUTE]);
      expect(liveCandleReader(queryClient, key)()).toMatchObject({ start: 11 * MINUTE, close: 4 });
    } finally {
      stop();
      queryClient.clear();
      environmentManager.setIsServer(() => isServer);
      vi.useRealTimers();
    }
  });
});

describe('older candles', () => {
  it('are requested with the kind of volume of the newest ones, even after it has changed', async () => {
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
