import { memo } from 'react';
import { formatSource } from '../../../shared/format/name.ts';
import { t } from '../../../shared/messages/message.ts';
import { useSelected } from '../../observable/use-observable.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import type { Scene } from '../model/scene.ts';
import { visibleSourceChanges, visibleSources } from '../model/sources.ts';
import classes from './marks.module.css';

type SourceLegendProps = {
  readonly core: ChartCore;
  /** The start of a candle as a short date. */
  readonly dateOf: (start: number) => string;
};

/** The sources of the visible candles, and when they change, if there are several. */
export const SourceLegend = memo(function SourceLegend({ core, dateOf }: SourceLegendProps) {
  const text = useSelected(core.throttled, (scene) => (scene === null ? null : legendOf(scene, dateOf)));
  const bottom = useSelected(core.placed, (scene) => scene?.panes.get(PRICE_PANE)?.bottom ?? null);
  if (text === null || bottom === null) return null;
  return (
    <text className={classes.paneLabel} x={12} y={bottom - 8} data-testid="source-legend">
      {text}
    </text>
  );
});

/** Null if all visible candles are of one source. */
function legendOf(scene: Scene, dateOf: SourceLegendProps['dateOf']): string | null {
  const names = visibleSources(scene).map(formatSource);
  if (names.length < 2) return null;
  const changes = visibleSourceChanges(scene);
  const first = changes[0];
  return t('chart.sources', {
    names,
    changes: changes.length,
    firstChange: first === undefined ? null : dateOf(first.since),
  });
}
