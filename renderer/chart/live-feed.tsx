import { useLayoutEffect } from 'react';
import type { ChartCore } from './model/chart-core.ts';
import type { SeriesKey } from './model/series-key.ts';
import { useSeries } from './use-series.ts';

/** Hands each state of the candle in the making to the core: all that a new price has React do for a chart. */
export function LiveFeed({ core, series }: { readonly core: ChartCore; readonly series: SeriesKey }) {
  const live = useSeries(series, ({ pages }) => pages[0]?.live ?? null).data ?? null;
  useLayoutEffect(() => core.setLive(live), [core, live]);
  return null;
}
