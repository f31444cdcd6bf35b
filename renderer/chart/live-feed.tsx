import { useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect } from 'react';
import type { Candle } from '../../shared/domain/candle.ts';
import { liveCandleReader, watchSeries } from './live-candles.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { SeriesKey } from './model/series-key.ts';
import { browserHost } from './use-chart-core.ts';

/**
 * Passes each state of the current candle to the core, without rendering for a new price. The figures of a new price are painted
 * first: the chart, which takes longer than all figures together, follows in the next frame.
 */
export function LiveFeed({ core, series }: { readonly core: ChartCore; readonly series: SeriesKey }) {
  const queryClient = useQueryClient();
  const { coinId, vsCurrency, interval } = series;
  useLayoutEffect(() => {
    const key = { coinId, vsCurrency, interval };
    const readLive = liveCandleReader(queryClient, key);
    let given: Candle | null = null;
    let cancel: (() => void) | null = null;
    const pass = (): void => {
      cancel?.();
      cancel = null;
      given = readLive();
      core.setLive(given);
    };
    pass();
    const unwatch = watchSeries(queryClient, key, () => {
      const live = readLive();
      if (live === given) return;
      // When a new candle begins, the one before must become a closed candle in the same frame.
      if (document.hidden || live?.start !== given?.start) pass();
      // The core draws in the frame after the one in which it is called.
      else cancel ??= browserHost.requestFrame(pass);
    });
    return () => {
      unwatch();
      cancel?.();
    };
  }, [core, queryClient, coinId, vsCurrency, interval]);
  return null;
}
