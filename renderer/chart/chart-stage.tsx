import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type Dispatch, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { observable } from '../api/observable.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { useAlertMarks } from './alert-marks.ts';
import { alertsOnChart } from './alerts-on-chart.ts';
import { CandleChart } from './candle-chart.tsx';
import type { SeriesKey } from './candle-query.ts';
import type { ChartAction, ChartChoice } from './chart-choice.ts';
import { viewAfterKey } from './chart-keys.ts';
import { chartLayout, priceAxisWidth } from './chart-layout.ts';
import classes from './chart-panel.module.css';
import { ChartReadout } from './chart-readout.tsx';
import {
  type ChartView,
  defaultBars,
  liveEdgeAt,
  PRESENT_BARS,
  panned,
  type ViewFrame,
  visibleRange,
  zoomed,
} from './chart-view.ts';
import type { HoverPoint } from './crosshair.tsx';
import { EmptyStretch } from './empty-stretch.tsx';
import { extentOf } from './price-scale.ts';
import { useChartGestures } from './use-chart-gestures.ts';
import type { ClosedCandles } from './use-closed-candles.ts';
import { useLiveCandle } from './use-live-candle.ts';

type ChartStageProps = {
  readonly series: SeriesKey;
  readonly closed: ClosedCandles;
  readonly choice: ChartChoice;
  readonly dispatch: Dispatch<ChartAction>;
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  /** Null while there is nothing older, or it is being loaded. */
  readonly loadOlder: (() => void) | null;
};

/** The space that a chart is drawn in: its size, what part of time it shows, and what hands and keys do to that. */
export function ChartStage(props: ChartStageProps) {
  const { series, closed, choice, dispatch, hasOlder, isLoadingOlder, loadOlder } = props;
  const { ref: sizeRef, width, height } = useElementSize();
  const stageRef = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sizeRef, stageRef);
  const [hover] = useState(() => observable<HoverPoint | null>(null));
  const liveEdge = useMonitorTime((now) => liveEdgeAt(now, series.interval));

  const liveStart = useLiveCandle(series, (live) => live?.start ?? null);

  const intervalMs = intervalLengthMs(series.interval);
  const layout = chartLayout(
    { width, height },
    { hasVolume: closed.volumeKind !== null, axisWidth: useAxisWidth(series, closed) },
  );
  const { plotWidth } = layout;
  const frame: ViewFrame = {
    liveEdge,
    earliest: hasOlder ? null : (closed.candles[0]?.start ?? liveStart ?? liveEdge),
    intervalMs,
    defaultBars: defaultBars(plotWidth, closed.candles.length),
  };
  const { from, to } = visibleRange(choice.view, frame);
  const range = useMemo(() => ({ from, to }), [from, to]);
  const alerts = useAlertMarks(series, range);
  const markers = useMemo(
    () => alertsOnChart(alerts, choice.alert, series, range),
    [alerts, choice.alert, series, range],
  );

  const change = (update: (view: ChartView) => ChartView): void =>
    dispatch({ type: 'change-view', change: update });
  const pan = (bars: number): void => change((view) => panned(view, bars, frame));
  const zoom = (factor: number, anchor: number): void =>
    change((view) => zoomed(view, factor, anchor, frame));
  useChartGestures(stageRef, {
    onPan: (px) => pan((-px / plotWidth) * ((to - from) / intervalMs)),
    onZoom: (factor, x) => zoom(factor, Math.min(1, x / plotWidth)),
    onHover: hover.set,
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = viewAfterKey(event.key, choice.view, frame);
    if (next === null) return;
    event.preventDefault();
    change(() => next);
  };

  const reachesBefore = from < (closed.candles[0]?.start ?? Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (reachesBefore) loadOlder?.();
  }, [reachesBefore, loadOlder]);

  return (
    <div className={classes.stage}>
      <ChartReadout
        series={series}
        candles={closed.candles}
        volumeKind={closed.volumeKind}
        range={range}
        plotWidth={plotWidth}
        hover={hover}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: there is no element for a chart that keys can move */}
      <div
        ref={ref}
        className={classes.surface}
        role="group"
        aria-roledescription="candle chart"
        aria-label={`${formatCoinName(series.coinId)}, ${series.interval} candles. Arrow keys move in time, plus and minus zoom, End returns to the present.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keys that the label names
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div className={classes.drawing}>
          {width > 0 && height > 0 && (
            <CandleChart
              series={series}
              closed={closed}
              from={from}
              to={to}
              width={width}
              height={height}
              layout={layout}
              alerts={markers}
              chosenAlertId={choice.alert?.id ?? null}
              hover={hover}
            />
          )}
        </div>
        <EmptyStretch
          series={series}
          candles={closed.candles}
          range={range}
          isLoading={isLoadingOlder}
          onGoTo={(start) => {
            pan((start - to) / intervalMs + PRESENT_BARS);
            stageRef.current?.focus();
          }}
        />
        {isLoadingOlder && <span className={classes.older}>Loading older candles…</span>}
      </div>
    </div>
  );
}

/** Room for the labels of every price that is loaded, so that the chart keeps its width while it is moved. */
function useAxisWidth(series: SeriesKey, { candles }: ClosedCandles): number {
  const ofClosed = useMemo(() => extentOf(candles), [candles]);
  const width = useLiveCandle(series, (live) => {
    const closed = ofClosed === null ? [] : [{ low: ofClosed[0], high: ofClosed[1] }];
    return priceAxisWidth(extentOf(live === null ? closed : [...closed, live]));
  });
  return width ?? priceAxisWidth(null);
}
