import { bucketStart, type Interval, intervalLengthMs } from '../../../shared/domain/interval.ts';

/**
 * Which stretch of time the chart shows. `live` has the newest candle in sight and moves on with it, `margin` free candles
 * from the right edge (three when absent); `past` stands still with `to` at its right edge. Its width is counted in candles
 * (`bars`), so that it stays when the interval changes; null lets the chart choose by its size.
 */
export type ChartView =
  | { readonly mode: 'live'; readonly bars: number | null; readonly margin?: number }
  | { readonly mode: 'past'; readonly bars: number; readonly to: number };

export const LIVE_VIEW: ChartView = { mode: 'live', bars: null };

/** All candles that there are. */
export const WHOLE_VIEW: ChartView = { mode: 'live', bars: Number.POSITIVE_INFINITY };

export type TimeRange = { readonly from: number; readonly to: number };

/** A view is changed relative to these. */
export type ViewFrame = {
  /** Where a chart that shows the present ends: three free candles after the newest. */
  readonly liveEdge: number;
  /** Start of the first candle there is; null while it is not known, because there may be older ones. */
  readonly earliest: number | null;
  /** Start of the first candle that is loaded. */
  readonly firstLoaded: number;
  readonly intervalMs: number;
  readonly defaultBars: number;
};

export const FEWEST_BARS = 12;
export const MAX_BARS = 10_000;
/** Of a view, as much as this may be the future. */
const MAX_FUTURE = 0.5;
/** Free candles to the right of the newest one. */
const MARGIN_BARS = 3;

/** The newest candle and the room to its right. */
export const PRESENT_BARS = MARGIN_BARS + 1;

/** The right edge of a chart that shows the candle of `now`, with a little air. */
export function liveEdgeAt(now: number, interval: Interval): number {
  return bucketStart(now, interval) + (1 + MARGIN_BARS) * intervalLengthMs(interval);
}

/**
 * How many candles to show at first: about one per nine pixels, or fewer while there are few, so that a young chart is
 * not a speck at the right edge.
 */
export function defaultBars(widthPx: number, available: number): number {
  const fitting = Math.min(180, Math.max(30, Math.round(widthPx / 9)));
  return Math.min(fitting, Math.max(36, available + 2 * MARGIN_BARS));
}

export function visibleRange(view: ChartView, frame: ViewFrame): TimeRange {
  const bars = view.bars === Number.POSITIVE_INFINITY ? barsOfAll(frame) : (view.bars ?? frame.defaultBars);
  const to =
    view.mode === 'live' ? newestEnd(frame) + (view.margin ?? MARGIN_BARS) * frame.intervalMs : view.to;
  return { from: to - bars * frame.intervalMs, to };
}

/** A little more than is loaded, while there may be more: what is missing in sight is loaded. */
function barsOfAll({ liveEdge, firstLoaded, intervalMs }: ViewFrame): number {
  const loaded = (liveEdge - firstLoaded) / intervalMs + 1;
  return Math.min(MAX_BARS, Math.max(FEWEST_BARS, loaded));
}

/** Where the newest candle ends. */
const newestEnd = ({ liveEdge, intervalMs }: ViewFrame): number => liveEdge - MARGIN_BARS * intervalMs;

/** Moved by the given number of candles, to later times when positive. A view that reaches the newest candle follows it again. */
export function panned(view: ChartView, bars: number, frame: ViewFrame): ChartView {
  const { from, to } = visibleRange(view, frame);
  return settled(from + bars * frame.intervalMs, to + bars * frame.intervalMs, frame);
}

/**
 * Showing `factor` times as much time.
 *
 * @param anchor what stays in place, from 0 at the left edge to 1 at the right one
 */
export function zoomed(view: ChartView, factor: number, anchor: number, frame: ViewFrame): ChartView {
  const { from, to } = visibleRange(view, frame);
  const span = to - from;
  const nextSpan =
    Math.min(MAX_BARS, Math.max(FEWEST_BARS, (span / frame.intervalMs) * factor)) * frame.intervalMs;
  const nextTo = to + (nextSpan - span) * (1 - anchor);
  return settled(nextTo - nextSpan, nextTo, frame);
}

/** The view of this stretch, with at least half of it where there is history, or may be. */
function settled(from: number, to: number, frame: ViewFrame): ChartView {
  const span = to - from;
  const bars = span / frame.intervalMs;
  const newest = newestEnd(frame);
  const latest = newest + Math.max(MARGIN_BARS * frame.intervalMs, span * MAX_FUTURE);
  const earliest = (frame.earliest ?? Number.NEGATIVE_INFINITY) + span / 2;
  const within = Math.min(Math.max(to, earliest), latest);
  if (within < newest) return { mode: 'past', bars, to: within };
  const margin = (within - newest) / frame.intervalMs;
  return margin === MARGIN_BARS ? { mode: 'live', bars } : { mode: 'live', bars, margin };
}
