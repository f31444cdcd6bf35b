import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMonitor } from '../api/monitor-context.ts';
import type { CandlePage, OlderThan } from './candle-page.ts';
import { candleQuery, type SeriesKey } from './candle-query.ts';

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
