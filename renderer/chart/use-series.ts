import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMonitor } from '../api/monitor-context.ts';
import { candleQuery } from './candle-query.ts';
import type { CandlePage, OlderThan } from './model/candle-page.ts';
import type { SeriesKey } from './model/series-key.ts';

/**
 * The candles of one series, as `select` sees them. Results that are equal part by part keep their identity, so a
 * component that selects closed candles is not drawn again by a new price.
 */
export function useSeries<T>(
  series: SeriesKey,
  select: (data: InfiniteData<CandlePage, OlderThan | undefined>) => T,
) {
  const { client } = useMonitor();
  return useInfiniteQuery({ ...candleQuery(client, useQueryClient(), series), select });
}
