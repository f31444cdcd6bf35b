import { memo } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import classes from './candle-chart.module.css';
import { useChartScales } from './use-chart-scales.ts';

type AlertMarkersProps = {
  /** Alerts of the coin and the stretch of time that are on the chart. */
  readonly alerts: readonly Alert[];
  /** The alert that was clicked. */
  readonly chosenId: string | null;
  readonly clipId: string;
};

const UP = 'M0 8l5.5 9h-11z';
const DOWN = 'M0 -8l5.5 -9h-11z';

/** A triangle for each alert: below its price when the price rose, above when it fell; a line through the chosen one. */
export const AlertMarkers = memo(function AlertMarkers({ alerts, chosenId, clipId }: AlertMarkersProps) {
  const scales = useChartScales('price');
  if (scales === null) return null;
  const { plot } = scales;
  return (
    <g clipPath={`url(#${clipId})`}>
      {alerts.map((alert) => {
        const x = Math.floor(scales.x(alert.observedAt)) + 0.5;
        const y = scales.y(alert.price);
        const isChosen = alert.id === chosenId;
        return (
          <g
            key={alert.id}
            className={classes.marker}
            data-testid="alert-marker"
            data-chosen={isChosen || undefined}
          >
            {isChosen && <line x1={x} x2={x} y1={plot.y} y2={plot.y + plot.height} />}
            {isChosen && <circle cx={x} cy={y} r={4.5} />}
            <path
              d={alert.direction === 'down' ? DOWN : UP}
              transform={`translate(${x} ${Number.isFinite(y) ? y : 0})`}
            />
          </g>
        );
      })}
    </g>
  );
});
