import type { InfiniteData } from '@tanstack/react-query';
import { useState } from 'react';
import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import type { SourceSince } from '../../shared/domain/source-since.ts';
import { type CandlePage, joinClosed, joinSources, kindOf, type OlderThan } from './model/candle-page.ts';
import type { SeriesKey } from './model/series-key.ts';
import { useSeries } from './use-series.ts';

export type ClosedCandles = {
  /** Oldest first. */
  readonly candles: readonly Candle[];
  readonly volumeKind: VolumeKind | null;
  /** See `CandleSeries`. */
  readonly sources: readonly SourceSince[];
  /** Whether there is no candle at all, not even one that is not closed yet. */
  readonly isEmpty: boolean;
};

type CandleData = InfiniteData<CandlePage, OlderThan | undefined>;

/** Selects the closed candles; the same object while only the candle that is not closed yet changes. */
function closedSelector(): (data: CandleData) => ClosedCandles {
  let before: readonly CandlePage[] = [];
  let known: ClosedCandles | null = null;
  return ({ pages }) => {
    const isSame = (part: keyof CandlePage): boolean =>
      pages.length === before.length && pages.every((page, index) => page[part] === before[index]?.[part]);
    const hasSameCandles = known !== null && isSame('closed') && isSame('volumeKind');
    const hasSameSources = known !== null && isSame('sources');
    const isEmpty = pages.every((page) => page.live === null && page.closed.length === 0);
    before = pages;
    if (known !== null && hasSameCandles && hasSameSources && known.isEmpty === isEmpty) return known;
    known = {
      candles: known !== null && hasSameCandles ? known.candles : joinClosed(pages),
      volumeKind: kindOf(pages),
      sources: known !== null && hasSameSources ? known.sources : joinSources(pages),
      isEmpty,
    };
    return known;
  };
}

/** The loaded closed candles in one list, and the function that loads older ones. */
export function useClosedCandles(series: SeriesKey) {
  const [select] = useState(closedSelector);
  return useSeries(series, select);
}
