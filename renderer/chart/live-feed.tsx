import { useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect } from 'react';
import { liveCandle, watchSeries } from './candle-query.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { SeriesKey } from './model/series-key.ts';

/** Passes each state of the current candle to the core, without rendering anything for a new price. */
export function LiveFeed({ core, series }: { readonly core: ChartCore; readonly series: SeriesKey }) {
  const queryClient = useQueryClient();
  const { coinId, vsCurrency, interval } = series;
  useLayoutEffect(() => {
    const key = { coinId, vsCurrency, interval };
    const hand = (): void => core.setLive(liveCandle(queryClient, key));
    hand();
    return watchSeries(queryClient, key, hand);
  }, [core, queryClient, coinId, vsCurrency, interval]);
  return null;
}
