import { useId, useMemo } from 'react';
import { CartesianGrid, ComposedChart, XAxis, YAxis } from 'recharts';
import type { Alert } from '../../shared/domain/alert.ts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import { formatNumber } from '../../shared/format/number.ts';
import { useMonitor } from '../api/monitor-context.ts';
import type { Observable } from '../api/observable.ts';
import { AlertMarkers } from './alert-markers.tsx';
import classes from './candle-chart.module.css';
import { CandleLayer } from './candle-layer.tsx';
import { volumeDomain } from './candle-paths.ts';
import type { SeriesKey } from './candle-query.ts';
import { candlesWithin } from './candle-range.ts';
import { calendarOf } from './candle-time.ts';
import { type ChartLayout, PLOT_TOP, TIME_AXIS_HEIGHT } from './chart-layout.ts';
import type { TimeRange } from './chart-view.ts';
import { Crosshair, type HoverPoint } from './crosshair.tsx';
import { LiveLayer } from './live-layer.tsx';
import { PlotClip } from './plot-clip.tsx';
import { type Extent, extentOf, priceDomain, priceTicks, stepDecimals } from './price-scale.ts';
import { timeTicks } from './time-ticks.ts';
import type { ClosedCandles } from './use-closed-candles.ts';
import { useLiveCandle } from './use-live-candle.ts';
import { VolumeMarks } from './volume-marks.tsx';
import { VolumePane } from './volume-pane.tsx';

type CandleChartProps = {
  readonly series: SeriesKey;
  readonly closed: ClosedCandles;
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
  readonly layout: ChartLayout;
  readonly alerts: readonly Alert[];
  readonly chosenAlertId: string | null;
  readonly hover: Observable<HoverPoint | null>;
};

/** Recharts wants rows; ours are drawn by layers that read the scales. */
const NO_ROWS: object[] = [];
/** Recharts wants a domain also where there is no price, and so no axis. */
const ANY_DOMAIN = [0, 1] as const;
const NO_DOMAINS = { price: null, volume: ANY_DOMAIN } as const;
/** Width of a character of the time axis' labels. */
const CHARACTER_WIDTH = 6.2;

/** No axis where there is nothing to measure. */
const axisOf = (extent: Extent | null): Extent | null => extent && priceDomain(extent);

/** Candles, volume and alerts of one series between two instants. */
export function CandleChart(props: CandleChartProps) {
  const { series, closed, from, to, width, height, layout, alerts, chosenAlertId, hover } = props;
  const clipId = useId();
  const { clock } = useMonitor();
  const intervalMs = intervalLengthMs(series.interval);
  const range = useMemo((): TimeRange => ({ from, to }), [from, to]);
  const visible = useMemo(
    () => candlesWithin(closed.candles, range, intervalMs),
    [closed.candles, range, intervalMs],
  );
  const domains =
    useLiveCandle(series, (live) => {
      const isShown = live !== null && live.start < to && live.start + intervalMs > from;
      const shown = isShown ? [...visible, live] : visible;
      const marks = alerts.map(({ price }) => ({ low: price, high: price }));
      return {
        price: axisOf(extentOf([...shown, ...marks])),
        volume: volumeDomain(shown, closed.volumeKind ?? 'traded'),
      };
    }) ?? NO_DOMAINS;
  const prices = domains.price && priceTicks(domains.price, layout.priceHeight / 44);
  const decimals = prices === null ? 0 : stepDecimals(prices.step);
  const by = { calendar: calendarOf(series.interval), now: clock.now() };
  const times = timeTicks(range, layout.plotWidth / 84, by);
  const majors = new Map(times.map((tick) => [tick.at, tick]));
  /** Where a label stands: below its mark, but whole. */
  const labelX = (x: number, label = ''): number => {
    const half = (label.length * CHARACTER_WIDTH) / 2 + 2;
    return Math.min(Math.max(x, half), width - half);
  };

  return (
    <ComposedChart
      className={classes.chart ?? ''}
      data-testid="candle-chart"
      accessibilityLayer={false}
      width={width}
      height={height}
      data={NO_ROWS}
      margin={{ top: PLOT_TOP, right: 0, bottom: 0, left: 0 }}
    >
      <PlotClip id={clipId} />
      <CartesianGrid className={classes.grid ?? ''} yAxisId="price" stroke="var(--line)" />
      <XAxis
        // Nothing is read by it, but without a key Recharts takes the axis for a list of categories.
        dataKey="start"
        type="number"
        domain={[from, to]}
        allowDataOverflow
        height={TIME_AXIS_HEIGHT}
        ticks={times.map(({ at }) => at)}
        interval={0}
        axisLine={false}
        tickLine={false}
        tick={({ x, y, payload }) => (
          <text
            className={classes.tick}
            data-major={majors.get(payload.value)?.isMajor || undefined}
            x={labelX(Number(x), majors.get(payload.value)?.label)}
            y={Number(y) + 4}
            textAnchor="middle"
          >
            {majors.get(payload.value)?.label}
          </text>
        )}
      />
      <YAxis
        yAxisId="price"
        orientation="right"
        type="number"
        domain={[...(domains.price ?? ANY_DOMAIN)]}
        allowDataOverflow
        width={layout.priceAxisWidth}
        padding={{ bottom: layout.pricePaddingBottom }}
        ticks={[...(prices?.ticks ?? [])]}
        interval={0}
        axisLine={false}
        tickLine={false}
        tick={({ x, y, payload }) => (
          <text className={classes.tick} x={x} y={y} dy="0.35em">
            {formatNumber(payload.value, decimals)}
          </text>
        )}
      />
      <YAxis
        yAxisId="volume"
        orientation="right"
        type="number"
        hide
        domain={[...domains.volume]}
        allowDataOverflow
        padding={{ top: layout.volumePaddingTop }}
      />
      {closed.volumeKind !== null && (
        <>
          <VolumeMarks candles={visible} kind={closed.volumeKind} intervalMs={intervalMs} clipId={clipId} />
          <VolumePane kind={closed.volumeKind} height={layout.volumeHeight} />
        </>
      )}
      <CandleLayer candles={visible} intervalMs={intervalMs} clipId={clipId} />
      {prices !== null && <LiveLayer series={series} volumeKind={closed.volumeKind} clipId={clipId} />}
      <AlertMarkers alerts={alerts} chosenId={chosenAlertId} clipId={clipId} />
      <Crosshair
        hover={hover}
        series={series}
        // Without prices the pointer is at none.
        paneHeight={prices === null ? height : layout.volumeHeight}
      />
    </ComposedChart>
  );
}
