import { useLayoutEffect, useMemo } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { useSelected } from '../observable/use-observable.ts';
import { alignedRange, useAlertMarks } from './alert-marks.ts';
import { alertsOnChart } from './model/alerts-on-chart.ts';
import { calendarOf } from './model/candle-time.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { ChartInputs, PriceAxis } from './model/chart-inputs.ts';
import { chartLayout, PRICE_PANE, priceAxisWidth, VOLUME_PANE } from './model/chart-layout.ts';
import type { ChartSettings } from './model/chart-settings.ts';
import {
  type ChartView,
  defaultBars,
  liveEdgeAt,
  type TimeRange,
  type ViewFrame,
  visibleRange,
} from './model/chart-view.ts';
import { extentOf } from './model/price-scale.ts';
import { ratioSeries } from './model/ratio-series.ts';
import type { Scene } from './model/scene.ts';
import { keyOf, type SeriesKey } from './model/series-key.ts';
import type { ClosedCandles } from './use-closed-candles.ts';
import { useCompared } from './use-compared.ts';
import { useStudies } from './use-studies.ts';

type Given = {
  readonly core: ChartCore;
  readonly series: SeriesKey;
  readonly closed: ClosedCandles;
  readonly settings: ChartSettings;
  readonly size: { readonly width: number; readonly height: number };
  readonly hasOlder: boolean;
  readonly view: ChartView;
  readonly chosenAlert: Alert | null;
};

const NO_COMPARED: ChartInputs['compared'] = [];

/** Collects the inputs of a chart, and passes them to the core. */
export function useChartInputs(given: Given) {
  const { core, series, closed, settings, size, view, chosenAlert } = given;
  const { width, height } = size;
  const { clock } = useMonitor();
  const { candles, volumeKind, sources } = closed;
  const intervalMs = intervalLengthMs(series.interval);
  const viewFrame = useViewFrame(given, intervalMs);

  const compared = useCompared(series, settings.compared);
  const onlyOne = compared.length === 1 ? compared[0] : undefined;
  const ratioTo = settings.isRatio ? onlyOne : undefined;
  const computed = useStudies(settings.studies, candles, intervalMs, volumeKind);
  const studies = useMemo(() => {
    if (ratioTo === undefined) return computed;
    const title = `${formatCoinName(series.coinId)} / ${formatCoinName(ratioTo.coinId)}`;
    return [...computed, ratioSeries(candles, ratioTo, title)];
  }, [computed, ratioTo, candles, series.coinId]);
  const lines = ratioTo === undefined ? compared : NO_COMPARED;

  const axisWidth = useAxisWidth(core, closed);
  const hasVolume = volumeKind !== null;
  const studyPanes = [...new Set(studies.map(({ pane }) => pane))]
    .filter((pane) => pane !== PRICE_PANE)
    .join(' ');
  const layout = useMemo(() => {
    const lower = [...(hasVolume ? [VOLUME_PANE] : []), ...studyPanes.split(' ').filter(Boolean)];
    return chartLayout({ width, height }, { lower, axisWidth });
  }, [width, height, hasVolume, studyPanes, axisWidth]);

  const key = keyOf(series);
  const around = useMarkedRange(core, key, visibleRange(view, viewFrame), intervalMs);
  const loadedAlerts = useAlertMarks(series, around);
  const alerts = useMemo(
    () => alertsOnChart(loadedAlerts, chosenAlert, series, around),
    [loadedAlerts, chosenAlert, series, around],
  );

  const isCompared = lines.length > 0;
  const priceAxis = useMemo(
    (): PriceAxis => ({
      // Of several coins, only the changes are comparable.
      mode: isCompared ? 'percent' : settings.priceMode,
      isInverted: settings.isInverted,
    }),
    [isCompared, settings.priceMode, settings.isInverted],
  );
  const inputs = useMemo(
    (): ChartInputs => ({
      key,
      layout,
      interval: series.interval,
      intervalMs,
      viewFrame,
      calendar: calendarOf(series.interval, settings.zone),
      now: clock.now(),
      candles,
      volumeKind,
      sources,
      studies,
      compared: lines,
      priceAxis,
      hasVolumeProfile: settings.hasVolumeProfile,
      alerts,
    }),
    [
      key,
      series,
      layout,
      intervalMs,
      viewFrame,
      settings,
      clock,
      candles,
      volumeKind,
      sources,
      studies,
      lines,
      priceAxis,
      alerts,
    ],
  );
  useLayoutEffect(() => {
    if (inputs.layout.width > 0 && inputs.layout.height > 0) core.setInputs(inputs);
  }, [core, inputs]);
  return inputs;
}

/**
 * The range whose alerts are marked: as far as the chart can be moved before its marks are placed again, extended to the boundaries
 * of requests, so that moving the chart seldom causes rendering.
 *
 * @param first the visible range if the series has not been drawn yet
 */
function useMarkedRange(core: ChartCore, key: string, first: TimeRange, intervalMs: number): TimeRange {
  const around = (scene: Scene | null): TimeRange => {
    // The range of another interval could be thousands of requests in this one.
    const { from, to } = scene?.inputs.key === key ? scene.range : first;
    return alignedRange({ from: from - (to - from), to: to + (to - from) }, intervalMs);
  };
  const from = useSelected(core.placed, (scene) => around(scene).from);
  const to = useSelected(core.placed, (scene) => around(scene).to);
  return useMemo(() => ({ from, to }), [from, to]);
}

function useViewFrame({ core, series, closed, size, hasOlder }: Given, intervalMs: number): ViewFrame {
  const liveEdge = useMonitorTime((now) => liveEdgeAt(now, series.interval));
  const liveStart = useSelected(core.live, (live) => live?.start ?? null);
  const firstLoaded = closed.candles[0]?.start ?? liveStart ?? liveEdge;
  const bars = defaultBars(size.width, closed.candles.length);
  return useMemo(
    () => ({
      liveEdge,
      earliest: hasOlder ? null : firstLoaded,
      firstLoaded,
      intervalMs,
      defaultBars: bars,
    }),
    [liveEdge, hasOlder, firstLoaded, intervalMs, bars],
  );
}

/** The width of the price axis for the labels of all loaded prices, so that the chart keeps its width while it is moved. */
function useAxisWidth(core: ChartCore, { candles }: ClosedCandles): number {
  const ofClosed = useMemo(() => {
    const extent = extentOf(candles);
    return { extent, width: priceAxisWidth(extent) };
  }, [candles]);
  return useSelected(core.live, (live) => {
    const { extent, width } = ofClosed;
    if (live === null || (extent !== null && live.low >= extent[0] && live.high <= extent[1])) return width;
    const closed = extent === null ? [] : [{ low: extent[0], high: extent[1] }];
    return priceAxisWidth(extentOf([...closed, live]));
  });
}
