import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import type { Scale } from './candle-paths.ts';

export type PlotArea = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
export type ChartScales = { readonly x: Scale; readonly y: Scale; readonly plot: PlotArea };

/** Scales of the time axis and of one of the value axes, inside a chart; null until the chart knows its size. */
export function useChartScales(yAxisId: 'price' | 'volume'): ChartScales | null {
  const x = useXAxisScale();
  const y = useYAxisScale(yAxisId);
  const plot = usePlotArea();
  if (x === undefined || y === undefined || plot === undefined) return null;
  return { x: (at) => x(at) ?? Number.NaN, y: (value) => y(value) ?? Number.NaN, plot };
}
