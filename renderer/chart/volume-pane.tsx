import { usePlotArea } from 'recharts';
import type { VolumeKind } from '../../shared/domain/candle.ts';
import classes from './candle-chart.module.css';

/** What a series calls its volume: the two kinds are different quantities and never share a name. */
export const VOLUME_LABELS: Readonly<Record<VolumeKind, string>> = {
  traded: 'Traded volume',
  'rolling-24h': '24 h volume (rolling)',
};

/** The lower pane's upper edge and its name. */
export function VolumePane({ kind, height }: { readonly kind: VolumeKind; readonly height: number }) {
  const plot = usePlotArea();
  if (plot === undefined) return null;
  const top = Math.floor(plot.y + plot.height - height) - 6.5;
  return (
    <g>
      <line className={classes.paneEdge} x1={plot.x} x2={plot.x + plot.width} y1={top} y2={top} />
      <text className={classes.paneLabel} x={plot.x + 12} y={top + 15}>
        {VOLUME_LABELS[kind]}
      </text>
    </g>
  );
}
