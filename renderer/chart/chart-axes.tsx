import { memo, useCallback, useLayoutEffect, useMemo } from 'react';
import {
  CartesianGrid,
  ComposedChart,
  usePlotArea,
  useXAxisDomain,
  useXAxisScale,
  useYAxisDomain,
  useYAxisScale,
  XAxis,
  YAxis,
} from 'recharts';
import { useObservable } from '../observable/use-observable.ts';
import classes from './layers/marks.module.css';
import type { AxisFrame } from './model/axis-frame.ts';
import { axisLabel, timeLabelMiddle } from './model/axis-label.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { ChartFrame } from './model/chart-frame.ts';
import { PLOT_TOP, PRICE_PANE, TIME_AXIS_HEIGHT } from './model/chart-layout.ts';

/** Recharts needs data, but the candles are drawn by layers that read its scales. */
const NO_ROWS: object[] = [];
const MARGIN = { top: PLOT_TOP, right: 0, bottom: 0, left: 0 };

/**
 * The chart's frame, drawn by Recharts: axes, grid, and the scales that layers use. It is drawn again when the frame changes, but
 * not while the chart is only moved.
 */
export const ChartAxes = memo(function ChartAxes({ core }: { readonly core: ChartCore }) {
  const frame = useObservable(core.frame);
  if (frame === null) return null;
  return <Axes core={core} frame={frame} />;
});

function Axes({ core, frame }: { readonly core: ChartCore; readonly frame: ChartFrame }) {
  const { layout, range, times } = frame;
  const { width, height, panes } = layout;
  const last = panes.at(-1);
  const plotBottom = last === undefined ? height : last.top + last.height;
  const labels = useMemo(() => new Map(times.map((tick) => [tick.at, tick])), [times]);
  const timeTicks = useMemo(() => times.map(({ at }) => at), [times]);
  const domain = useMemo(() => [range.from, range.to], [range]);
  const timeTick = useCallback(
    ({ x, y, payload }: { x: number | string; y: number | string; payload: { value: number } }) => {
      const tick = labels.get(payload.value);
      const middle = timeLabelMiddle(Number(x), tick?.label ?? '', width);
      return (
        <text
          className={classes.tick}
          data-major={tick?.isMajor || undefined}
          x={middle}
          y={Number(y) + 4}
          textAnchor="middle"
        >
          {tick?.label}
        </text>
      );
    },
    [labels, width],
  );

  return (
    <ComposedChart
      className={classes.chart ?? ''}
      accessibilityLayer={false}
      width={width}
      height={height}
      data={NO_ROWS}
      margin={MARGIN}
    >
      <CartesianGrid yAxisId={PRICE_PANE} stroke="var(--line)" />
      <XAxis
        // No data has this key, but without a key Recharts treats the axis as a category axis.
        dataKey="start"
        type="number"
        domain={domain}
        allowDataOverflow
        height={TIME_AXIS_HEIGHT}
        ticks={timeTicks}
        interval={0}
        axisLine={false}
        tickLine={false}
        tick={timeTick}
      />
      {panes.map(({ id, top, height: paneHeight }) => {
        const axis = frame.axes.find((one) => one.id === id);
        return (
          axis !== undefined && (
            <PaneAxis
              key={id}
              axis={axis}
              width={layout.priceAxisWidth}
              paddingTop={top - PLOT_TOP}
              paddingBottom={plotBottom - top - paneHeight}
            />
          )
        );
      })}
      <TimeReport core={core} frame={frame} />
      {frame.axes.map((axis) => (
        <AxisReport key={axis.id} core={core} frame={frame} axis={axis} />
      ))}
    </ComposedChart>
  );
}

type PaneAxisProps = {
  readonly axis: AxisFrame;
  readonly width: number;
  readonly paddingTop: number;
  readonly paddingBottom: number;
};

/** A pane's value axis. Recharts would place those of several panes next to each other, so only the price axis has labels. */
const PaneAxis = memo(function PaneAxis({ axis, width, paddingTop, paddingBottom }: PaneAxisProps) {
  const domain = useMemo(() => [...axis.domain], [axis]);
  const ticks = useMemo(() => [...axis.ticks], [axis]);
  const padding = useMemo(() => ({ top: paddingTop, bottom: paddingBottom }), [paddingTop, paddingBottom]);
  const tick = useCallback(
    ({ x, y, payload }: { x: number | string; y: number | string; payload: { value: number } }) => (
      <text className={classes.tick} x={x} y={y} dy="0.35em">
        {axisLabel(payload.value, axis)}
      </text>
    ),
    [axis],
  );
  return (
    <YAxis
      yAxisId={axis.id}
      orientation="right"
      type="number"
      scale={axis.kind}
      reversed={axis.isInverted}
      hide={axis.id !== PRICE_PANE}
      domain={domain}
      allowDataOverflow
      // Recharts reserves space for hidden axes, too.
      width={axis.id === PRICE_PANE ? width : 0}
      padding={padding}
      ticks={ticks}
      interval={0}
      axisLine={false}
      tickLine={false}
      tick={tick}
    />
  );
});

/** Reports the pixels of the ends of the time axis, as drawn by Recharts, to the core. */
function TimeReport({ core, frame }: { readonly core: ChartCore; readonly frame: ChartFrame }) {
  const scale = useXAxisScale();
  const domain = useXAxisDomain();
  const plot = usePlotArea();
  useLayoutEffect(() => {
    const { from, to } = frame.range;
    if (scale === undefined || plot === undefined || domain?.[0] !== from || domain[1] !== to) return;
    core.reportTime(frame, scale(from) ?? Number.NaN, scale(to) ?? Number.NaN);
  }, [core, frame, scale, domain, plot]);
  return null;
}

type AxisReportProps = {
  readonly core: ChartCore;
  readonly frame: ChartFrame;
  readonly axis: AxisFrame;
};

/** Reports the pixels of the ends of a value axis, as drawn by Recharts, to the core. */
function AxisReport({ core, frame, axis }: AxisReportProps) {
  const scale = useYAxisScale(axis.id);
  const domain = useYAxisDomain(axis.id);
  const plot = usePlotArea();
  useLayoutEffect(() => {
    const [low, high] = axis.domain;
    if (scale === undefined || plot === undefined || domain?.[0] !== low || domain[1] !== high) return;
    core.reportAxis(frame, axis, scale(low) ?? Number.NaN, scale(high) ?? Number.NaN);
  }, [core, frame, axis, scale, domain, plot]);
  return null;
}
