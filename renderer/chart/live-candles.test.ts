import { type InfiniteData, QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { CandleSeries } from '../../shared/domain/candle-series.ts';
import type { Interval } from '../../shared/domain/interval.ts';
import { quoteOf } from '../../shared/domain/quote-fixture.ts';
import { foldUpdate, liveCandleReader, watchSeries } from './live-candles.ts';
import { type CandlePage, newestPage, type OlderThan } from './model/candle-page.ts';

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
type Data = InfiniteData<CandlePage, OlderThan | undefined>;
const data: Data = { pages: [page], pageParams: [undefined] };
const quote = quoteOf({ price: 3, observedAt: 30_000, source: null });
const keyOf = (coinId: string, interval: Interval) => ({ coinId, vsCurrency: 'usd', interval });
const queryKeyOf = (coinId: string, interval: Interval) => ['candles', coinId, 'usd', interval] as const;

/** A page that shows a series with this data. */
function pageWith(given: Data, coinId = 'bitcoin', interval: Interval = '1m') {
  const queryClient = new QueryClient();
  const queryKey = queryKeyOf(coinId, interval);
  queryClient.setQueryData(queryKey, given);
  const results: unknown[] = [];
  const stop = new QueryObserver(queryClient, { queryKey, staleTime: 'static' }).subscribe(
    ({ data: result }) => results.push(result),
  );
  return {
    queryClient,
    /** The results that observers of the series have received since. */
    results,
    cached: () => queryClient.getQueryData<Data>(queryKey),
    close: () => liveCandleReader(queryClient, keyOf(coinId, interval))()?.close,
    end(): void {
      stop();
      queryClient.clear();
    },
  };
}

describe('a new quote', () => {
  it('updates the candles of its coin on screen, and no others', () => {
    const shown = pageWith(data);
    shown.queryClient.setQueryData(queryKeyOf('bitcoin', '5m'), data);
    const other = pageWith(data, 'zcash');
    for (const { queryClient } of [shown, other]) foldUpdate(queryClient, quote);
    expect([shown.close(), other.close()]).toEqual([3, 1]);
    expect(liveCandleReader(shown.queryClient, keyOf('bitcoin', '5m'))()?.close).toBe(1);
    for (const { end } of [shown, other]) end();
  });

  it('changes nothing without a price', () => {
    const { queryClient, close, end } = pageWith(data);
    foldUpdate(queryClient, { ...quote, price: null, observedAt: null });
    expect(close()).toBe(1);
    end();
  });

  it('notifies only watchers of the candle that is not closed yet, until it is closed', () => {
    const { queryClient, results, cached, end } = pageWith(data);
    let calls = 0;
    const unwatch = watchSeries(queryClient, keyOf('bitcoin', '1m'), () => {
      calls += 1;
    });
    const unwatchOther = watchSeries(queryClient, keyOf('bitcoin', '5m'), () => {
      throw new Error('This series has not changed.');
    });
    foldUpdate(queryClient, { ...quote, price: 2 });
    foldUpdate(queryClient, quote);
    expect(calls).toBe(2);
    expect(cached()).toBe(data);
    expect(results).toEqual([]);

    foldUpdate(queryClient, { ...quote, price: 4, observedAt: MINUTE });
    expect(calls).toBeGreaterThan(2);
    expect(cached()?.pages[0]).toMatchObject({
      closed: [{ start: 0, high: 3, close: 3 }],
      live: { start: MINUTE, close: 4 },
    });
    expect(results).toHaveLength(1);

    unwatch();
    unwatchOther();
    const before = calls;
    foldUpdate(queryClient, { ...quote, price: 5, observedAt: MINUTE + 1 });
    expect(calls).toBe(before);
    end();
  });

  it('does not override candles that are fetched later', () => {
    const { queryClient, close, end } = pageWith(data);
    foldUpdate(queryClient, quote);
    const candles = series.candles.map((candle) => ({ ...candle, high: 9, close: 2 }));
    queryClient.setQueryData(queryKeyOf('bitcoin', '1m'), {
      ...data,
      pages: [newestPage({ ...series, candles }, null)],
    });
    expect(close()).toBe(2);
    end();
  });

  it('adds the difference from the counter of trades of the previous quote', () => {
    const traded = newestPage({ ...series, volumeKind: 'traded' }, 5);
    const { queryClient, end } = pageWith({ ...data, pages: [traded] });
    const volume = () => liveCandleReader(queryClient, keyOf('bitcoin', '1m'))()?.volume;
    for (const tradedTotal of [5.25, null, 0.5]) {
      foldUpdate(queryClient, { ...quote, tradedTotal, isTrade: true });
    }
    expect(volume()).toBe(0.75);
    end();
  });

  it('keeps as many page parameters as pages when old pages are dropped', () => {
    const grown: CandlePage = {
      ...page,
      live: { ...(page.live as NonNullable<typeof page.live>), start: 0 },
      closed: Array.from({ length: 999 }, (_, n) => ({
        start: (n - 999) * MINUTE,
        open: 1,
        high: 1,
        low: 1,
        close: 1,
        volume: null,
        tickCount: 1,
      })),
    };
    const { queryClient, cached, end } = pageWith({
      pages: [grown, page],
      pageParams: [undefined, { before: 5, volumeKind: null }],
    });
    foldUpdate(queryClient, { ...quote, observedAt: MINUTE });
    expect(cached()?.pages).toHaveLength(1);
    expect(cached()?.pageParams).toEqual([undefined]);
    end();
  });
});
