import type { Candle } from '../../shared/domain/candle.ts';
import type { SeriesKey } from './model/series-key.ts';
import { useSeries } from './use-series.ts';

/** What `select` makes of the candle in the making (null while there is none), kept current with each price. */
export function useLiveCandle<T>(series: SeriesKey, select: (live: Candle | null) => T): T | null {
  return useSeries(series, ({ pages }) => select(pages[0]?.live ?? null)).data ?? null;
}
