import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useMonitor } from '../api/monitor-context.ts';
import { COMPARED_KEY } from './live-chart.ts';
import type { ComparedSeries } from './model/chart-inputs.ts';
import type { SeriesKey } from './model/series-key.ts';

/** The number of candles of a compared coin. The comparison does not go further back. */
const MAX_CANDLES = 1_000;
const REFRESH_MS = 60_000;

/** The loaded closes of other coins, in the interval of the chart. */
export function useCompared(series: SeriesKey, coinIds: readonly string[]): readonly ComparedSeries[] {
  const { client } = useMonitor();
  const { vsCurrency, interval } = series;
  const others = coinIds.filter((coinId) => coinId !== series.coinId);
  const responses = useQueries({
    queries: others.map((coinId) => ({
      queryKey: [...COMPARED_KEY, coinId, vsCurrency, interval],
      queryFn: () => client.call('candles', { coinId, interval, limit: MAX_CANDLES }),
      refetchInterval: REFRESH_MS,
      staleTime: REFRESH_MS,
    })),
    combine: (results) => results.map(({ data }) => data),
  });
  return useMemo(
    () =>
      responses.flatMap((response, index) =>
        response === undefined || response.candles.length === 0
          ? []
          : [
              {
                coinId: response.coinId,
                color: index + 1,
                starts: Float64Array.from(response.candles, ({ start }) => start),
                closes: Float64Array.from(response.candles, ({ close }) => close),
              },
            ],
      ),
    [responses],
  );
}
