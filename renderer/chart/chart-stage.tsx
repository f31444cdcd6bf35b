import { useElementSize, useMergedRef } from '@mantine/hooks';
import {
  type Dispatch,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { observable } from '../api/observable.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { useObservable, useSelected } from '../api/use-observable.ts';
import { useAlertMarks } from './alert-marks.ts';
import { ChartAxes } from './chart-axes.tsx';
import { ChartCanvas } from './chart-canvas.tsx';
import { ChartMarks } from './chart-marks.tsx';
import classes from './chart-panel.module.css';
import { ChartReadout } from './chart-readout.tsx';
import { EmptyStretch } from './empty-stretch.tsx';
import { AlertMarkers } from './layers/alert-markers.tsx';
import { Crosshair, type HoverPoint } from './layers/crosshair.tsx';
import { LastPrice } from './layers/last-price.tsx';
import { PaneLabels } from './layers/pane-labels.tsx';
import { LiveFeed } from './live-feed.tsx';
import { alertsOnChart } from './model/alerts-on-chart.ts';
import { calendarOf, candleDate, shortCandleDate } from './model/candle-time.ts';
import type { ChartAction, ChartChoice } from './model/chart-choice.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { ChartInputs } from './model/chart-inputs.ts';
import { viewAfterKey } from './model/chart-keys.ts';
import { chartLayout, priceAxisWidth, VOLUME_PANE } from './model/chart-layout.ts';
import {
  type ChartView,
  defaultBars,
  liveEdgeAt,
  PRESENT_BARS,
  panned,
  type ViewFrame,
  visibleRange,
  zoomed,
} from './model/chart-view.ts';
import { type Extent, extentOf } from './model/price-scale.ts';
import type { SeriesKey } from './model/series-key.ts';
import { useChartCore } from './use-chart-core.ts';
import { useChartGestures } from './use-chart-gestures.ts';
import { useChartSettings } from './use-chart-settings.ts';
import type { ClosedCandles } from './use-closed-candles.ts';
import { useMoving } from './use-moving.ts';
import { useStudies } from './use-studies.ts';

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

const NO_COMPARED: ChartInputs['compared'] = [];

/** The space that a chart is drawn in: its size, what part of time it shows, and what hands and keys do to that. */
export function ChartStage(props: ChartStageProps) {
  const { series, closed, choice, dispatch, hasOlder, isLoadingOlder, loadOlder } = props;
  const { clock } = useMonitor();
  const { ref: sizeRef, width, height } = useElementSize();
  const stageRef = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sizeRef, stageRef);
  const [hover] = useState(() => observable<HoverPoint | null>(null));
  const core = useChartCore(choice.view);
  const { settings } = useChartSettings(series.coinId);
  const [priceRange, setPriceRange] = useState<Extent | null>(null);
  const intervalMs = intervalLengthMs(series.interval);
  const liveEdge = useMonitorTime((now) => liveEdgeAt(now, series.interval));
  const liveStart = useSelected(core.live, (live) => live?.start ?? null);
  const key = `${series.coinId} ${series.vsCurrency} ${series.interval}`;

  const studies = useStudies(settings.studies, closed.candles, intervalMs, closed.volumeKind);
  const axisWidth = useAxisWidth(core, closed);
  const hasVolume = closed.volumeKind !== null;
  const studyPanes = [...new Set(studies.map(({ pane }) => pane))]
    .filter((pane) => pane !== 'price')
    .join(' ');
  const layout = useMemo(() => {
    const lower = [...(hasVolume ? [VOLUME_PANE] : []), ...studyPanes.split(' ').filter(Boolean)];
    return chartLayout({ width, height }, { lower, axisWidth });
  }, [width, height, hasVolume, studyPanes, axisWidth]);
  const earliest = hasOlder ? null : (closed.candles[0]?.start ?? liveStart ?? liveEdge);
  const bars = defaultBars(layout.plotWidth, closed.candles.length);
  const viewFrame = useMemo(
    (): ViewFrame => ({ liveEdge, earliest, intervalMs, defaultBars: bars }),
    [liveEdge, earliest, intervalMs, bars],
  );
  const placed = useObservable(core.placed);
  // What is marked reaches as far as the chart can be moved before its axes are drawn again.
  const { from, to } = placed?.range ?? visibleRange(choice.view, viewFrame);
  const around = useMemo(() => ({ from: from - (to - from), to: to + (to - from) }), [from, to]);
  const loadedAlerts = useAlertMarks(series, around);
  const alerts = useMemo(
    () => alertsOnChart(loadedAlerts, choice.alert, series, around),
    [loadedAlerts, choice.alert, series, around],
  );
  const priceAxis = useMemo(
    () => ({ mode: settings.priceMode, isInverted: settings.isInverted, range: priceRange }),
    [settings.priceMode, settings.isInverted, priceRange],
  );
  const inputs = useMemo(
    (): ChartInputs => ({
      key,
      layout,
      interval: series.interval,
      intervalMs,
      viewFrame,
      calendar: calendarOf(series.interval),
      now: clock.now(),
      candles: closed.candles,
      volumeKind: closed.volumeKind,
      studies,
      compared: NO_COMPARED,
      priceAxis,
      alerts,
    }),
    [key, layout, intervalMs, viewFrame, series, clock, closed, studies, priceAxis, alerts],
  );
  useLayoutEffect(() => {
    if (inputs.layout.width > 0 && inputs.layout.height > 0) core.setInputs(inputs);
  }, [core, inputs]);
  useLayoutEffect(() => core.setView(choice.view, false), [core, choice.view]);
  useEffect(
    () => core.onRest((view) => dispatch({ type: 'change-view', change: () => view })),
    [core, dispatch],
  );
  useMoving(
    core,
    useCallback(() => stageRef.current, []),
  );

  const move = (change: (view: ChartView) => ChartView): void => {
    core.setView(change(core.view.get()), true);
    const range = visibleRange(core.view.get(), viewFrame);
    if (range.from < (closed.candles[0]?.start ?? Number.NEGATIVE_INFINITY)) loadOlder?.();
  };
  const pan = (count: number): void => move((view) => panned(view, count, viewFrame));
  const barsIn = (px: number): number => {
    const range = visibleRange(core.view.get(), viewFrame);
    return ((px / layout.plotWidth) * (range.to - range.from)) / intervalMs;
  };
  useChartGestures(stageRef, {
    zoneOf: ({ x, y }) =>
      x > layout.plotWidth ? 'price-axis' : y > (placed?.plot.bottom ?? height) ? 'time-axis' : 'plot',
    onPan: (px) => pan(-barsIn(px)),
    onZoom: (factor, x) => move((view) => zoomed(view, factor, Math.min(1, x / layout.plotWidth), viewFrame)),
    onScale: () => undefined,
    onDoubleClick: () => setPriceRange(null),
    onHover: hover.set,
    onMark: () => false,
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = viewAfterKey(event.key, core.view.get(), viewFrame);
    if (next === null) return;
    event.preventDefault();
    move(() => next);
  };

  // Also of a chart that shows before its first candle from the start.
  const reachesBefore = from < (closed.candles[0]?.start ?? Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (reachesBefore) loadOlder?.();
  }, [reachesBefore, loadOlder]);

  const dateOf = useCallback((start: number) => candleDate(start, series.interval), [series.interval]);
  const shortDateOf = useCallback(
    (start: number) => shortCandleDate(start, series.interval, clock.now()),
    [series.interval, clock],
  );
  const chooseAlert = useCallback((alert: Alert) => dispatch({ type: 'mark-alert', alert }), [dispatch]);

  return (
    <div className={classes.stage}>
      <LiveFeed core={core} series={series} />
      <ChartReadout
        core={core}
        vsCurrency={series.vsCurrency}
        volumeKind={closed.volumeKind}
        hover={hover}
        dateOf={dateOf}
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
        {width > 0 && height > 0 && (
          <div className={classes.drawing} data-testid="candle-chart">
            <ChartAxes core={core} />
            <ChartCanvas core={core} />
            <ChartMarks
              core={core}
              moving={
                <AlertMarkers
                  core={core}
                  alerts={alerts}
                  chosenId={choice.alert?.id ?? null}
                  onChoose={chooseAlert}
                />
              }
              still={
                <>
                  <PaneLabels core={core} coinUnit={formatCoinName(series.coinId)} />
                  <LastPrice core={core} vsCurrency={series.vsCurrency} note={null} isStale={false} />
                  <Crosshair core={core} hover={hover} vsCurrency={series.vsCurrency} dateOf={shortDateOf} />
                </>
              }
            />
          </div>
        )}
        <EmptyStretch
          core={core}
          dateOf={dateOf}
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
function useAxisWidth(core: ChartCore, { candles }: ClosedCandles): number {
  const ofClosed = useMemo(() => extentOf(candles), [candles]);
  return useSelected(core.live, (live) => {
    const closed = ofClosed === null ? [] : [{ low: ofClosed[0], high: ofClosed[1] }];
    return priceAxisWidth(extentOf(live === null ? closed : [...closed, live]));
  });
}
