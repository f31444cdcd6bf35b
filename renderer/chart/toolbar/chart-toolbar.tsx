import { type Dispatch, memo } from 'react';
import type { VolumeKind } from '../../../shared/domain/candle.ts';
import { t } from '../../../shared/messages/message.ts';
import { type ChartAction, RANGE_NAMES } from '../model/chart-choice.ts';
import type { SettingsOfChart } from '../model/chart-settings.ts';
import type { DrawingAction, DrawingHistory, DrawingKind } from '../model/drawings.ts';
import { CompareMenu } from './compare-menu.tsx';
import { DrawMenu } from './draw-menu.tsx';
import { type GridControl, GridMenu } from './grid-menu.tsx';
import { IntervalMenu } from './interval-menu.tsx';
import { type ChartExports, ShareMenu } from './share-menu.tsx';
import { StudiesMenu } from './studies-menu.tsx';
import classes from './toolbar.module.css';
import { type ToneControl, ViewMenu } from './view-menu.tsx';

type ChartToolbarProps = {
  readonly coinId: string;
  readonly volumeKind: VolumeKind | null;
  readonly dispatch: Dispatch<ChartAction>;
  readonly settings: SettingsOfChart;
  readonly tool: DrawingKind | null;
  readonly onTool: (tool: DrawingKind | null) => void;
  readonly drawings: DrawingHistory;
  readonly onDrawing: (action: DrawingAction) => void;
  readonly exports: ChartExports;
  readonly tones: ToneControl;
  readonly grid: GridControl | null;
  /** Lets the price axis follow the visible prices again; null while it does. */
  readonly onAutoPrice: (() => void) | null;
};

/**
 * The time ranges and menus of a chart. Memoized, because rendering its menus takes longer than the rest of the chart, which is
 * rendered whenever it stops moving.
 */
export const ChartToolbar = memo(function ChartToolbar(props: ChartToolbarProps) {
  const {
    coinId,
    volumeKind,
    dispatch,
    settings,
    tool,
    onTool,
    drawings,
    onDrawing,
    exports,
    tones,
    grid,
    onAutoPrice,
  } = props;
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={t('chart-tools.title')}>
      <div className={classes.ranges}>
        {RANGE_NAMES.map((range) => (
          <button
            key={range}
            type="button"
            className={classes.button}
            onClick={() => dispatch({ type: 'choose-range', range })}
          >
            {t('chart-tools.range', { range })}
          </button>
        ))}
        <IntervalMenu onChoose={(interval) => dispatch({ type: 'choose-interval', interval })} />
      </div>
      <div className={classes.menus}>
        {onAutoPrice !== null && (
          <button type="button" className={classes.button} onClick={onAutoPrice}>
            {t('chart-tools.auto-price')}
          </button>
        )}
        <StudiesMenu {...settings} coinId={coinId} volumeKind={volumeKind} />
        <CompareMenu {...settings} coinId={coinId} />
        <DrawMenu tool={tool} onTool={onTool} history={drawings} dispatch={onDrawing} />
        <ViewMenu {...settings} tones={tones} />
        {grid !== null && <GridMenu {...grid} />}
        <ShareMenu exports={exports} />
      </div>
    </div>
  );
});
