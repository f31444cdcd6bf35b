import { memo } from 'react';
import type { Alert } from '../../../shared/domain/alert.ts';
import { alertMessage } from '../../../shared/domain/alert-message.ts';
import { formatFullDayTime } from '../../../shared/format/local-time.ts';
import { text } from '../../../shared/messages/message.ts';
import { useObservable } from '../../observable/use-observable.ts';
import { type AlertCluster, alertClusters } from '../model/alert-clusters.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import type { Scene, ScenePane } from '../model/scene.ts';
import classes from './marks.module.css';

type AlertMarkersProps = {
  readonly core: ChartCore;
  /** Alerts of the coin and the stretch of time that are on the chart. */
  readonly alerts: readonly Alert[];
  /** The alert that was clicked. */
  readonly chosenId: string | null;
  readonly onChoose: (alert: Alert) => void;
};

const UP = 'M0 8l5.5 9h-11z';
const DOWN = 'M0 -8l5.5 -9h-11z';

/**
 * A triangle for each alert: below its price when the price rose, above when it fell, with their number where they are dense;
 * a line through the chosen one.
 */
export const AlertMarkers = memo(function AlertMarkers(props: AlertMarkersProps) {
  const scene = useObservable(props.core.placed);
  const pane = scene?.panes.get(PRICE_PANE);
  if (scene === null || pane === undefined) return null;
  return alertClusters(props.alerts, scene.time.x).map((cluster) => (
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
  const isDown = shown.direction === 'down';
  const count = cluster.alerts.length;
  return (
    <g className={classes.marker} data-testid="alert-marker" data-chosen={chosen !== undefined || undefined}>
      {chosen !== undefined && <line x1={x} x2={x} y1={scene.plot.top} y2={scene.plot.bottom} />}
      {chosen !== undefined && <circle cx={x} cy={y} r={4.5} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same alerts are buttons in the list beside the chart */}
      <g
        className={classes.clickable}
        data-clickable
        transform={`translate(${x} ${Number.isFinite(y) ? y : 0})`}
        onClick={() => onChoose(shown)}
      >
        <title>{cluster.alerts.map(textOf).join('\n')}</title>
        <rect x={-8} y={isDown ? -20 : 4} width={16} height={16} fill="transparent" />
        <path d={isDown ? DOWN : UP} />
        {count > 1 && (
          <text y={isDown ? -20 : 27} textAnchor="middle">
            {count}
          </text>
        )}
      </g>
    </g>
  );
}

const textOf = (alert: Alert): string =>
  `${formatFullDayTime(alert.observedAt)}: ${text(alertMessage(alert))}`;
