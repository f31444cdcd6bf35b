import { memo } from 'react';
import type { Candle } from '../../../shared/domain/candle.ts';
import { bucketStart } from '../../../shared/domain/interval.ts';
import { formatNumber } from '../../../shared/format/number.ts';
import { formatPct } from '../../../shared/format/percent.ts';
import { priceDecimals } from '../../../shared/format/price.ts';
import type { Observable } from '../../observable/observable.ts';
import { useObservable } from '../../observable/use-observable.ts';
import { axisLabel } from '../model/axis-label.ts';
import type { ChartCore } from '../model/chart-core.ts';
import type { Scene, ScenePane } from '../model/scene.ts';
import { AxisTag } from './axis-tag.tsx';
import classes from './marks.module.css';

/** The position of the pointer on the chart, in pixels from its top left. */
export type HoverPoint = { readonly x: number; readonly y: number };

type CrosshairProps = {
  readonly core: ChartCore;
  readonly hover: Observable<HoverPoint | null>;
  readonly vsCurrency: string;
  /** The start of a candle as a short date. */
  readonly dateOf: (start: number) => string;
};

/** The width of a character of the time's label, and the space around the label. */
const CHARACTER_WIDTH = 6.5;
const LABEL_SPACE = 14;

/**
 * Lines through the pointer, the vertical one snapped to the middle of a candle, with tags on the axes: the time, the value, and its
 * distance from the last price.
 */
export const Crosshair = memo(function Crosshair({ hover, ...props }: CrosshairProps) {
  const point = useObservable(hover);
  return point === null ? null : <Lines {...props} point={point} />;
});

type LinesProps = Omit<CrosshairProps, 'hover'> & { readonly point: HoverPoint };

function Lines({ core, point, vsCurrency, dateOf }: LinesProps) {
  // The chart and the last price may move under a pointer that does not.
  const scene = useObservable(core.throttled);
  const live = useObservable(core.live);
  if (scene === null) return null;
  const { plot, time, intervalMs } = scene;
  if (point.x > plot.right || point.x < plot.left || point.y < plot.top || point.y > plot.bottom) return null;
  const start = bucketStart(time.at(point.x), scene.inputs.interval);
  const x = Math.floor(time.x(start + intervalMs / 2)) + 0.5;
  const y = Math.floor(point.y) + 0.5;
  const pane = [...scene.panes.values()].find(({ top, bottom }) => point.y >= top && point.y <= bottom);
  const lines = pane === undefined ? [] : valueLines(scene, live, pane, point.y, vsCurrency);
  const date = dateOf(start);
  const width = date.length * CHARACTER_WIDTH + LABEL_SPACE;
  const left = Math.min(Math.max(plot.left, x - width / 2), plot.right - width);
  return (
    <g className={classes.crosshair} data-testid="crosshair">
      <line x1={x} x2={x} y1={plot.top} y2={plot.bottom} />
      {lines.length > 0 && (
        <>
          <line x1={plot.left} x2={plot.right} y1={y} y2={y} />
          <AxisTag scene={scene} y={y} lines={lines} />
        </>
      )}
      <g className={classes.axisLabel} data-tone="neutral">
        <rect x={left} y={plot.bottom + 3} width={width} height={18} rx={2} />
        <text x={left + width / 2} y={plot.bottom + 12} dy="0.35em" textAnchor="middle">
          {date}
        </text>
      </g>
    </g>
  );
}

/**
 * The value at the pointer, in the format of the axis labels. For a price, also its distance from the last one or, on a percentage
 * axis, the price itself.
 */
function valueLines(
  scene: Scene,
  live: Candle | null,
  pane: ScenePane,
  y: number,
  vsCurrency: string,
): readonly string[] {
  if (pane.axis.ticks.length === 0) return [];
  const value = pane.value(y);
  if (pane.axis.unit !== 'price' && pane.axis.unit !== 'percent') return [axisLabel(value, pane.axis)];
  if (!(value > 0)) return [];
  const price = formatNumber(value, priceDecimals(value, vsCurrency));
  // Two changes next to each other, relative to different prices, could be confused.
  if (pane.axis.unit === 'percent') return [axisLabel(value, pane.axis), price];
  const last = live ?? scene.inputs.candles.at(-1);
  return last === undefined ? [price] : [price, formatPct((value / last.close - 1) * 100)];
}
