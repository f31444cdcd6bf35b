import { useLayoutEffect } from 'react';
import type { ChartCore } from './model/chart-core.ts';
import type { SeriesKey } from './model/series-key.ts';
import { useLiveCandle } from './use-live-candle.ts';

/** Hands each state of the candle in the making to the core: all that a new price has React do for a chart. */
export function LiveFeed({ core, series }: { readonly core: ChartCore; readonly series: SeriesKey }) {
  const live = useLiveCandle(series, (candle) => candle);
  useLayoutEffect(() => core.setLive(live), [core, live]);
  return null;
}
