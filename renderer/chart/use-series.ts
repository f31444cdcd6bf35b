import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMonitor } from '../api/monitor-context.ts';
import { candleQuery } from './candle-query.ts';
import type { CandlePage, OlderThan } from './model/candle-page.ts';
import type { SeriesKey } from './model/series-key.ts';

/**
 * The candles of one series, as `select` sees them. A component is rendered again when it selects another object, so `select` has
 * to give the very same one while only the candle that is not closed yet has changed.
 */
export function useSeries<T>(
  series: SeriesKey,
  select: (data: InfiniteData<CandlePage, OlderThan | undefined>) => T,
) {
  const { client } = useMonitor();
  return useInfiniteQuery({ ...candleQuery(client, useQueryClient(), series), select });
}
