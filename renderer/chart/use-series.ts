import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMonitor } from '../api/monitor-context.ts';
import { candleQuery } from './candle-query.ts';
import type { CandlePage, OlderThan } from './model/candle-page.ts';
import type { SeriesKey } from './model/series-key.ts';

/**
 * The result of `select` for the candles of one series. A component is rendered again when the result is another object, so `select`
 * must return the same one while only the candle that is not closed yet changes.
 */
export function useSeries<T>(
  series: SeriesKey,
  select: (data: InfiniteData<CandlePage, OlderThan | undefined>) => T,
) {
  const { client } = useMonitor();
  return useInfiniteQuery({ ...candleQuery(client, useQueryClient(), series), select });
}
