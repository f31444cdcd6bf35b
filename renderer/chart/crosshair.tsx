import { useSyncExternalStore } from 'react';
import { DefaultZIndexes, useXAxisInverseScale, useYAxisInverseScale, ZIndexLayer } from 'recharts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import { formatNumber } from '../../shared/format/number.ts';
import { priceDecimals } from '../../shared/format/price.ts';
import { useMonitor } from '../api/monitor-context.ts';
import type { Observable } from '../api/observable.ts';
import { AxisLabel } from './axis-label.tsx';
import classes from './candle-chart.module.css';
import type { SeriesKey } from './candle-query.ts';
import { shortCandleDate } from './candle-time.ts';
import { useChartScales } from './use-chart-scales.ts';

/** Where the pointer rests on the chart, in pixels from its top left. */
export type HoverPoint = { readonly x: number; readonly y: number };

type CrosshairProps = {
  readonly hover: Observable<HoverPoint | null>;
  readonly series: SeriesKey;
  /** Height of the pane below the prices, where the pointer has no price. */
  readonly paneHeight: number;
};

/** Width of a character of the time's label, and the space around it. */
const CHARACTER_WIDTH = 6.5;
const LABEL_SPACE = 14;

/** Lines through the pointer, snapped to the candle's middle, with time and price on the axes. */
export function Crosshair({ hover, series, paneHeight }: CrosshairProps) {
  const { clock } = useMonitor();
  const point = useSyncExternalStore(hover.subscribe, hover.get);
  const scales = useChartScales('price');
  const toTime = useXAxisInverseScale();
  const toPrice = useYAxisInverseScale('price');
  if (point === null || scales === null || toTime === undefined || toPrice === undefined) return null;
  const { plot } = scales;
  const bottom = plot.y + plot.height;
  if (point.x > plot.x + plot.width || point.y < plot.y || point.y > bottom) return null;

  const intervalMs = intervalLengthMs(series.interval);
  const start = Math.floor(Number(toTime(point.x)) / intervalMs) * intervalMs;
  const x = Math.floor(scales.x(start + intervalMs / 2)) + 0.5;
  const y = Math.floor(point.y) + 0.5;
  const price = Number(toPrice(point.y));
  const date = shortCandleDate(start, series.interval, clock.now());
  const labelWidth = date.length * CHARACTER_WIDTH + LABEL_SPACE;
  const labelLeft = Math.min(Math.max(plot.x, x - labelWidth / 2), plot.x + plot.width - labelWidth);
  return (
    <g className={classes.crosshair}>
      <line x1={x} x2={x} y1={plot.y} y2={bottom} />
      {point.y < bottom - paneHeight && price > 0 && (
        <>
          <line x1={plot.x} x2={plot.x + plot.width} y1={y} y2={y} />
          <AxisLabel
            y={y}
            tone="neutral"
            text={formatNumber(price, priceDecimals(price, series.vsCurrency))}
          />
        </>
      )}
      <ZIndexLayer zIndex={DefaultZIndexes.label}>
        <g className={classes.axisLabel} data-tone="neutral">
          <rect x={labelLeft} y={bottom + 3} width={labelWidth} height={18} rx={2} />
          <text x={labelLeft + labelWidth / 2} y={bottom + 12} dy="0.35em" textAnchor="middle">
            {date}
          </text>
        </g>
      </ZIndexLayer>
    </g>
  );
}
