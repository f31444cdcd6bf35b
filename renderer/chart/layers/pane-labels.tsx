import type { ReactNode } from 'react';
import { t } from '../../../shared/messages/message.ts';
import { useObservable } from '../../observable/use-observable.ts';
import { axisLabel } from '../model/axis-label.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { edgeAbove, PRICE_PANE, VOLUME_PANE } from '../model/chart-layout.ts';
import type { Scene } from '../model/scene.ts';
import classes from './marks.module.css';

/** Names, upper edges and axis labels of the panes below the prices. */
export function PaneLabels({ core, coinUnit }: { readonly core: ChartCore; readonly coinUnit: string }) {
  const scene = useObservable(core.placed);
  if (scene === null) return null;
  const { plot, inputs } = scene;
  return [...scene.panes.values()]
    .filter(({ id }) => id !== PRICE_PANE)
    .map((pane): ReactNode => {
      const edge = edgeAbove(pane);
      return (
        <g key={pane.id}>
          <line className={classes.paneEdge} x1={plot.left} x2={inputs.layout.width} y1={edge} y2={edge} />
          <text className={classes.paneLabel} x={plot.left + 12} y={edge + 15}>
            {titleOf(scene, pane.id, coinUnit)}
          </text>
          {pane.axis.ticks.map((tick) => (
            <text
              key={tick}
              className={classes.tick}
              x={plot.right + 8}
              y={Math.max(pane.y(tick), pane.top + 4)}
              dy="0.35em"
            >
              {axisLabel(tick, pane.axis)}
            </text>
          ))}
        </g>
      );
    });
}

function titleOf({ inputs }: Scene, id: string, coinUnit: string): string {
  if (id !== VOLUME_PANE) {
    return inputs.studies
      .filter(({ pane }) => pane === id)
      .map(({ title }) => title)
      .join(' · ');
  }
  const kind = inputs.volumeKind ?? 'traded';
  return kind === 'traded' ? t('chart.volume-in', { kind, unit: coinUnit }) : t('chart.volume', { kind });
}
