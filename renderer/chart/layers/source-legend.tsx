import { memo } from 'react';
import { formatSource } from '../../../shared/format/name.ts';
import { t } from '../../../shared/messages/message.ts';
import { useSelected } from '../../observable/use-observable.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import type { Scene } from '../model/scene.ts';
import { changesInSight, sourcesInSight } from '../model/sources.ts';
import classes from './marks.module.css';

type SourceLegendProps = {
  readonly core: ChartCore;
  /** When a candle began, in short. */
  readonly dateOf: (start: number) => string;
};

/** Where the candles in sight are of several sources: which, and from when on. */
export const SourceLegend = memo(function SourceLegend({ core, dateOf }: SourceLegendProps) {
  const text = useSelected(core.sight, (scene) => (scene === null ? null : legendOf(scene, dateOf)));
  const bottom = useSelected(core.placed, (scene) => scene?.panes.get(PRICE_PANE)?.bottom ?? null);
  if (text === null || bottom === null) return null;
  return (
    <text className={classes.paneLabel} x={12} y={bottom - 8} data-testid="source-legend">
      {text}
    </text>
  );
});

/** Null where all candles in sight are of one source. */
function legendOf(scene: Scene, dateOf: SourceLegendProps['dateOf']): string | null {
  const names = sourcesInSight(scene).map(formatSource);
  if (names.length < 2) return null;
  const changes = changesInSight(scene);
  const first = changes[0];
  return t('chart.sources', {
    names,
    changes: changes.length,
    firstChange: first === undefined ? null : dateOf(first.since),
  });
}
