import type { Candle } from '../../../shared/domain/candle.ts';
import type { AxisFrame } from './axis-frame.ts';
import { firstFrom } from './candle-range.ts';
import type { ChartFrame } from './chart-frame.ts';
import type { ChartInputs } from './chart-inputs.ts';
import { PRESENT_BARS, type TimeRange } from './chart-view.ts';
import { type TimeScale, timeScale } from './time-scale.ts';
import type { TimeTick } from './time-ticks.ts';
import { type ValueScale, valueScale } from './value-scale.ts';

/** A rectangle in pixels. */
export type Rect = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

/** A pane with the scale of its axis. */
export type ScenePane = ValueScale & {
  readonly id: string;
  readonly top: number;
  readonly bottom: number;
  readonly labelRoom: number;
  readonly axis: AxisFrame;
};

/** A frame with the pixels of the ends of its axes. */
export type FrameScales = {
  readonly frame: ChartFrame;
  readonly range: TimeRange;
  readonly fromX: number;
  readonly toX: number;
  readonly axes: readonly { readonly axis: AxisFrame; readonly lowY: number; readonly highY: number }[];
};

/** Everything that layers need to draw a chart, independent of React and of the origin of the data. */
export type Scene = {
  readonly plot: Rect;
  readonly time: TimeScale;
  /** The visible range. */
  readonly range: TimeRange;
  readonly intervalMs: number;
  readonly panes: ReadonlyMap<string, ScenePane>;
  readonly inputs: ChartInputs;
  readonly candles: readonly Candle[];
  /** The candles from `first` up to `end` (not included) are visible. */
  readonly first: number;
  readonly end: number;
  /** The candle that is not closed yet; null if it is not visible. */
  readonly live: Candle | null;
  /** Whether the bucket of `live` has not ended. That of a coin that is no longer traded has. */
  readonly isLiveOpen: boolean;
  readonly percentBase: number;
  /** While the chart is moved, a layer draws its axes and needs these, too. Null while Recharts draws them. */
  readonly moved: { readonly times: readonly TimeTick[]; readonly lastPrice: number | null } | null;
};

/**
 * The scales of a frame that Recharts has not drawn: its axes have the positions of the drawn ones, upside down if they are inverted.
 */
export function movedScales(drawn: FrameScales, frame: ChartFrame): FrameScales {
  const axes = frame.axes.flatMap((axis) => {
    const place = drawn.axes.find((one) => one.axis.id === axis.id);
    if (place === undefined) return [];
    const [top, bottom] = [Math.min(place.lowY, place.highY), Math.max(place.lowY, place.highY)];
    return [axis.isInverted ? { axis, lowY: top, highY: bottom } : { axis, lowY: bottom, highY: top }];
  });
  return { frame, range: frame.range, fromX: drawn.fromX, toX: drawn.toX, axes };
}

/**
 * The scene that shows `from` at the left edge of the plot, on the scales of a frame that was made for another range with the same
 * span.
 */
export function sceneOf(inputs: ChartInputs, live: Candle | null, scales: FrameScales, from: number): Scene {
  const { candles, intervalMs, layout } = inputs;
  const shift = scales.range.from - from;
  const made = timeScale(scales.range, scales.fromX, scales.toX);
  const shiftPx = shift * made.pxPerMs;
  const time = timeScale(scales.range, scales.fromX + shiftPx, scales.toX + shiftPx);
  const last = layout.panes.at(-1);
  const plot = {
    left: scales.fromX,
    right: scales.toX,
    top: layout.panes[0]?.top ?? 0,
    bottom: last === undefined ? 0 : last.top + last.height,
  };
  const range = { from, to: from + (scales.range.to - scales.range.from) };
  const panes = new Map<string, ScenePane>();
  for (const { axis, lowY, highY } of scales.axes) {
    const rect = layout.panes.find(({ id }) => id === axis.id);
    if (rect === undefined) continue;
    const scale = valueScale(axis.domain, lowY, highY, axis.kind);
    panes.set(axis.id, {
      ...scale,
      id: axis.id,
      top: rect.top,
      bottom: rect.top + rect.height,
      labelRoom: rect.labelRoom,
      axis,
    });
  }
  const isLiveShown = live !== null && live.start < range.to && live.start + intervalMs > range.from;
  return {
    plot,
    time,
    range,
    intervalMs,
    panes,
    inputs,
    candles,
    first: firstFrom(candles, range.from - intervalMs + 1),
    end: firstFrom(candles, range.to),
    live: isLiveShown ? live : null,
    isLiveOpen: live !== null && live.start >= inputs.viewFrame.liveEdge - PRESENT_BARS * intervalMs,
    percentBase: scales.frame.percentBase,
    moved: scales.frame.isMoving ? { times: scales.frame.times, lastPrice: live?.close ?? null } : null,
  };
}
