import { memo } from 'react';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { AlertMark } from '../../../shared/domain/alert-mark.ts';
import { alertMessage } from '../../../shared/domain/alert-message.ts';
import { bucketStart } from '../../../shared/domain/interval.ts';
import { formatFullDayTime } from '../../../shared/format/local-time.ts';
import { t, text } from '../../../shared/messages/message.ts';
import { useObservable } from '../../observable/use-observable.ts';
import { type AlertCluster, alertClusters, MARKER_PX, nextOf } from '../model/alert-clusters.ts';
import { candlesWithin } from '../model/candle-range.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import type { Scene, ScenePane } from '../model/scene.ts';
import classes from './marks.module.css';

type AlertMarkersProps = {
  readonly core: ChartCore;
  /** Alerts of the coin and the range of the chart. */
  readonly alerts: readonly AlertMark[];
  /** The alert that was clicked. */
  readonly chosenId: string | null;
  readonly onChoose: (alert: Alert) => void;
};

const UP = 'M0 5l5.5 9h-11z';
const DOWN = 'M0 -5l5.5 -9h-11z';
const WITHOUT_DIRECTION = 'M0 4l5 5.5l-5 5.5l-5 -5.5z';
/** Half the width of a marker. */
const HALF_PX = 6;

/**
 * A triangle for each alert: below its candle if the price rose, above if it fell; a diamond for one without a direction; a line
 * through the chosen one. Markers that would overlap are merged into one with their number.
 */
export const AlertMarkers = memo(function AlertMarkers(props: AlertMarkersProps) {
  const scene = useObservable(props.core.placed);
  const pane = scene?.panes.get(PRICE_PANE);
  if (scene === null || pane === undefined) return null;
  return alertClusters(within(props.alerts, scene), scene.time.x).map((cluster) => (
    <Marker
      key={cluster.alerts[0]?.id}
      cluster={cluster}
      scene={scene}
      pane={pane}
      chosenId={props.chosenId}
      onChoose={props.onChoose}
    />
  ));
});

/** The alerts of the range that the chart can be moved to before its marks are placed again. */
function within(alerts: readonly AlertMark[], { range }: Scene): readonly AlertMark[] {
  const span = range.to - range.from;
  return alerts.filter((mark) =>
    mark.alerts.some(({ observedAt }) => observedAt >= range.from - span && observedAt <= range.to + span),
  );
}

type MarkerProps = {
  readonly cluster: AlertCluster;
  readonly scene: Scene;
  readonly pane: ScenePane;
  readonly chosenId: string | null;
  readonly onChoose: (alert: Alert) => void;
};

function Marker({ cluster, scene, pane, chosenId, onChoose }: MarkerProps) {
  const chosen = cluster.alerts.find(({ id }) => id === chosenId);
  const shown = chosen ?? cluster.alerts.at(-1);
  if (shown === undefined) return null;
  const x = Math.floor(scene.time.x(shown.observedAt)) + 0.5;
  const markerX = Math.floor(placeOf(cluster, scene)) + 0.5;
  const y = pane.y(shown.price);
  const isAbove = cluster.side === 'above';
  const free = freeOfCandles(scene, pane, markerX, isAbove ? Math.min : Math.max, y);
  const { count } = cluster;
  const isWithoutDirection = cluster.alerts.every(({ direction }) => direction === null);
  const next = nextOf(cluster, chosenId) ?? shown;
  return (
    <g
      className={classes.marker}
      data-testid="alert-marker"
      data-alert={shown.id}
      data-chosen={chosen !== undefined || undefined}
    >
      {chosen !== undefined && <line x1={x} x2={x} y1={scene.plot.top} y2={scene.plot.bottom} />}
      {chosen !== undefined && <circle cx={x} cy={y} r={4.5} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same alerts are buttons in the list beside the chart */}
      <g
        className={classes.clickable}
        data-clickable
        transform={`translate(${markerX} ${Number.isFinite(free) ? free : 0})`}
        onClick={() => onChoose(next)}
      >
        <title>{titleOf(cluster)}</title>
        <rect x={-8} y={isAbove ? -17 : 1} width={16} height={16} fill="transparent" />
        <path d={isAbove ? DOWN : isWithoutDirection ? WITHOUT_DIRECTION : UP} />
        {count > 1 && (
          <text y={isAbove ? -17 : 24} textAnchor="middle">
            {count}
          </text>
        )}
      </g>
    </g>
  );
}

/** The middle of the first candle of a cluster, or its first alert if candles are narrower than markers, which would overlap. */
function placeOf({ alerts }: AlertCluster, { time, inputs, intervalMs }: Scene): number {
  const first = alerts[0]?.observedAt ?? Number.NaN;
  if (intervalMs * time.pxPerMs < MARKER_PX) return time.x(first);
  return time.x(bucketStart(first, inputs.interval) + intervalMs / 2);
}

/** The lowest or highest pixel of a price and of the candles that a marker at `x` would cover. */
function freeOfCandles(
  { candles, live, time, intervalMs }: Scene,
  pane: ScenePane,
  x: number,
  outermost: (...values: number[]) => number,
  priceY: number,
): number {
  const range = { from: time.at(x - HALF_PX), to: time.at(x + HALF_PX) };
  const isLiveNear = live !== null && live.start < range.to && live.start + intervalMs > range.from;
  const near = [...candlesWithin(candles, range, intervalMs), ...(isLiveNear ? [live] : [])];
  return outermost(priceY, ...near.flatMap(({ low, high }) => [pane.y(low), pane.y(high)]));
}

/** The number of alerts, and the text of those that are loaded. */
function titleOf({ alerts, count }: AlertCluster): string {
  const lines = alerts.map(textOf);
  if (count > 1) lines.unshift(t('chart.alerts-here', { count }));
  if (count > alerts.length) lines.push(t('chart.more-alerts', { count: count - alerts.length }));
  return lines.join('\n');
}

const textOf = (alert: Alert): string =>
  `${formatFullDayTime(alert.observedAt)}: ${text(alertMessage(alert))}`;
