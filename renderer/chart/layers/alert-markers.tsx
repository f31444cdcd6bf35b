import { memo } from 'react';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { AlertMark } from '../../../shared/domain/alert-mark.ts';
import { alertMessage } from '../../../shared/domain/alert-message.ts';
import { formatFullDayTime } from '../../../shared/format/local-time.ts';
import { t, text } from '../../../shared/messages/message.ts';
import { useObservable } from '../../observable/use-observable.ts';
import { type AlertCluster, alertClusters, nextOf } from '../model/alert-clusters.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import type { Scene, ScenePane } from '../model/scene.ts';
import classes from './marks.module.css';

type AlertMarkersProps = {
  readonly core: ChartCore;
  /** Alerts of the coin and the stretch of time that are on the chart. */
  readonly alerts: readonly AlertMark[];
  /** The alert that was clicked. */
  readonly chosenId: string | null;
  readonly onChoose: (alert: Alert) => void;
};

const UP = 'M0 8l5.5 9h-11z';
const DOWN = 'M0 -8l5.5 -9h-11z';
const WITHOUT_DIRECTION = 'M0 7l5 5.5l-5 5.5l-5 -5.5z';

/**
 * A triangle for each alert: below its price when the price rose, above when it fell, with their number where they are dense;
 * a diamond for one without a direction; a line through the chosen one.
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

/** Those as far as the chart can be moved before its marks are placed again. */
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
  const y = pane.y(shown.price);
  const isAbove = cluster.side === 'above';
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
        transform={`translate(${x} ${Number.isFinite(y) ? y : 0})`}
        onClick={() => onChoose(next)}
      >
        <title>{titleOf(cluster)}</title>
        <rect x={-8} y={isAbove ? -20 : 4} width={16} height={16} fill="transparent" />
        <path d={isAbove ? DOWN : isWithoutDirection ? WITHOUT_DIRECTION : UP} />
        {count > 1 && (
          <text y={isAbove ? -20 : 27} textAnchor="middle">
            {count}
          </text>
        )}
      </g>
    </g>
  );
}

/** How many alerts there are, and what those say that are known. */
function titleOf({ alerts, count }: AlertCluster): string {
  const lines = alerts.map(textOf);
  if (count > 1) lines.unshift(t('chart.alerts-here', { count }));
  if (count > alerts.length) lines.push(t('chart.more-alerts', { count: count - alerts.length }));
  return lines.join('\n');
}

const textOf = (alert: Alert): string =>
  `${formatFullDayTime(alert.observedAt)}: ${text(alertMessage(alert))}`;
