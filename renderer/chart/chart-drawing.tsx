import type { Alert } from '../../shared/domain/alert.ts';
import type { AlertMark } from '../../shared/domain/alert-mark.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import type { Observable } from '../observable/observable.ts';
import { ChartAxes } from './chart-axes.tsx';
import { ChartCanvas } from './chart-canvas.tsx';
import { ChartMarks } from './chart-marks.tsx';
import classes from './chart-panel.module.css';
import { AlertMarkers } from './layers/alert-markers.tsx';
import { Crosshair, type HoverPoint } from './layers/crosshair.tsx';
import { DrawingMarks } from './layers/drawing-marks.tsx';
import { HistoryBegin } from './layers/history-begin.tsx';
import { MeasureMark } from './layers/measure-mark.tsx';
import { PaneLabels } from './layers/pane-labels.tsx';
import { SourceLegend } from './layers/source-legend.tsx';
import { LivePrice } from './live-price.tsx';
import type { Zone } from './model/candle-time.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { SeriesKey } from './model/series-key.ts';
import type { useDrawing } from './use-drawing.ts';

type ChartDrawingProps = {
  readonly core: ChartCore;
  readonly series: SeriesKey;
  readonly zone: Zone;
  readonly hover: Observable<HoverPoint | null>;
  readonly alerts: readonly AlertMark[];
  readonly chosenAlert: Alert | null;
  readonly onChooseAlert: (alert: Alert) => void;
  readonly drawing: ReturnType<typeof useDrawing>;
  /** The start of a candle as a short date. */
  readonly dateOf: (start: number) => string;
};

/** The contents of a chart, from bottom to top: axes, canvases, marks. */
export function ChartDrawing(props: ChartDrawingProps) {
  const { core, series, zone, hover, alerts, chosenAlert, onChooseAlert, drawing, dateOf } = props;
  const { coinId, vsCurrency } = series;
  return (
    <div className={classes.drawing} data-testid="candle-chart">
      <ChartAxes core={core} />
      <ChartCanvas core={core} />
      <ChartMarks
        core={core}
        moving={
          <>
            <HistoryBegin core={core} />
            <AlertMarkers
              core={core}
              alerts={alerts}
              chosenId={chosenAlert?.id ?? null}
              onChoose={onChooseAlert}
            />
            <DrawingMarks
              core={core}
              vsCurrency={vsCurrency}
              drawings={drawing.shown}
              chosenId={drawing.chosen?.id ?? null}
              onChoose={drawing.choose}
              onDrag={drawing.onDrag}
            />
            {drawing.measured !== null && (
              <MeasureMark core={core} vsCurrency={vsCurrency} {...drawing.measured} />
            )}
          </>
        }
        still={
          <>
            <PaneLabels core={core} coinUnit={formatCoinName(coinId)} />
            <SourceLegend core={core} dateOf={dateOf} />
            <LivePrice core={core} series={series} zone={zone} />
            <Crosshair core={core} hover={hover} vsCurrency={vsCurrency} dateOf={dateOf} />
          </>
        }
      />
    </div>
  );
}
