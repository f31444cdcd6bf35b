import { useId, useMemo } from 'react';
import { CartesianGrid, ComposedChart, XAxis, YAxis } from 'recharts';
import type { Alert } from '../../shared/domain.ts';
import { formatNumber } from '../../shared/format.ts';
import { INTERVAL_MS } from '../../shared/intervals.ts';
import type { Observable } from '../api/observable.ts';
import { AlertMarkers } from './alert-markers.tsx';
import classes from './candle-chart.module.css';
import { CandleLayer } from './candle-layer.tsx';
import { volumeDomain } from './candle-paths.ts';
import type { SeriesKey } from './candle-query.ts';
import { candlesWithin } from './candle-range.ts';
import { type ChartLayout, PLOT_TOP, TIME_AXIS_HEIGHT } from './chart-layout.ts';
import type { TimeRange } from './chart-view.ts';
import { Crosshair, type HoverPoint } from './crosshair.tsx';
import { LiveLayer } from './live-layer.tsx';
import { PlotClip } from './plot-clip.tsx';
import { extentOf, priceDomain, priceTicks, stepDecimals } from './price-scale.ts';
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
const NO_EXTENT = [0.999, 1.001] as const;
const NO_DOMAINS = { price: NO_EXTENT, volume: [0, 1] } as const;

/** Candles, volume and alerts of one series between two instants. */
export function CandleChart(props: CandleChartProps) {
  const { series, closed, from, to, width, height, layout, alerts, chosenAlertId, hover } = props;
  const clipId = useId();
  const intervalMs = INTERVAL_MS[series.interval];
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
        price: priceDomain(extentOf([...shown, ...marks]) ?? NO_EXTENT),
        volume: volumeDomain(shown, closed.volumeKind ?? 'traded'),
      };
    }) ?? NO_DOMAINS;
  const prices = priceTicks(domains.price, layout.priceHeight / 44);
  const decimals = stepDecimals(prices.step);
  const times = timeTicks(range, layout.plotWidth / 84);
  const majors = new Map(times.map((tick) => [tick.at, tick]));

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
            x={x}
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
        domain={[...domains.price]}
        allowDataOverflow
        width={layout.priceAxisWidth}
        padding={{ bottom: layout.pricePaddingBottom }}
        ticks={[...prices.ticks]}
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
      <LiveLayer series={series} volumeKind={closed.volumeKind} clipId={clipId} />
      <AlertMarkers alerts={alerts} chosenId={chosenAlertId} clipId={clipId} />
      <Crosshair hover={hover} intervalMs={intervalMs} paneHeight={layout.volumeHeight} />
    </ComposedChart>
  );
}
