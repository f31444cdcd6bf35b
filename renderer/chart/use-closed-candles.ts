import type { InfiniteData } from '@tanstack/react-query';
import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import { type CandlePage, joinClosed, kindOf, type OlderThan } from './candle-page.ts';
import type { SeriesKey } from './candle-query.ts';
import { useSeries } from './use-series.ts';

export type ClosedCandles = {
  /** Oldest first. */
  readonly candles: readonly Candle[];
  readonly volumeKind: VolumeKind | null;
  /** True when there is not even a candle in the making. */
  readonly isEmpty: boolean;
};

const selectClosed = ({ pages }: InfiniteData<CandlePage, OlderThan | undefined>): ClosedCandles => ({
  candles: joinClosed(pages),
  volumeKind: kindOf(pages),
  isEmpty: pages.every((page) => page.live === null && page.closed.length === 0),
});

/** The closed candles that are loaded, in one list, and the way to load older ones. */
export function useClosedCandles(series: SeriesKey) {
  return useSeries(series, selectClosed);
}
