import type { InfiniteData } from '@tanstack/react-query';
import { useState } from 'react';
import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import { type CandlePage, joinClosed, kindOf, type OlderThan } from './model/candle-page.ts';
import type { SeriesKey } from './model/series-key.ts';
import { useSeries } from './use-series.ts';

export type ClosedCandles = {
  /** Oldest first. */
  readonly candles: readonly Candle[];
  readonly volumeKind: VolumeKind | null;
  /** True when there is not even a candle in the making. */
  readonly isEmpty: boolean;
};

type CandleData = InfiniteData<CandlePage, OlderThan | undefined>;

/** Selects the closed candles; the very same ones while only the candle in the making has changed. */
function closedSelector(): (data: CandleData) => ClosedCandles {
  let known: { readonly pages: readonly CandlePage[]; readonly closed: ClosedCandles } | null = null;
  return ({ pages }) => {
    const isSame =
      known !== null &&
      known.pages.length === pages.length &&
      known.pages.every(
        (page, index) => page.closed === pages[index]?.closed && page.volumeKind === pages[index]?.volumeKind,
      );
    const isEmpty = pages.every((page) => page.live === null && page.closed.length === 0);
    if (known !== null && isSame && known.closed.isEmpty === isEmpty) return known.closed;
    const closed = { candles: joinClosed(pages), volumeKind: kindOf(pages), isEmpty };
    known = { pages, closed };
    return closed;
  };
}

/** The closed candles that are loaded, in one list, and the way to load older ones. */
export function useClosedCandles(series: SeriesKey) {
  const [select] = useState(closedSelector);
  return useSeries(series, select);
}
