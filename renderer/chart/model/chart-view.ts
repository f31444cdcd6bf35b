import { bucketStart, type Interval, intervalLengthMs } from '../../../shared/domain/interval.ts';

/**
 * The visible range of a chart. `live` follows the newest candle, which is `margin` candles from the right edge (three if absent);
 * `past` does not move, and ends at `to`. Its span is a number of candles (`bars`), so that it does not depend on the interval; null
 * for the default for the chart's width.
 */
export type ChartView =
  | { readonly mode: 'live'; readonly bars: number | null; readonly margin?: number }
  | { readonly mode: 'past'; readonly bars: number; readonly to: number };

export const LIVE_VIEW: ChartView = { mode: 'live', bars: null };

/** All candles. */
export const WHOLE_VIEW: ChartView = { mode: 'live', bars: Number.POSITIVE_INFINITY };

export type TimeRange = { readonly from: number; readonly to: number };

/** What a view depends on to result in a visible range. */
export type ViewFrame = {
  /** The right edge of a live chart: three candles after the newest. */
  readonly liveEdge: number;
  /** The start of the oldest candle; null while it is unknown, because there may be older ones. */
  readonly earliest: number | null;
  /** The start of the oldest loaded candle. */
  readonly firstLoaded: number;
  readonly intervalMs: number;
  readonly defaultBars: number;
};

export const MIN_BARS = 12;
export const MAX_BARS = 10_000;
/** The share of a view that may be the future. */
const MAX_FUTURE = 0.5;
/** The space to the right of the newest candle, in candles. */
const MARGIN_BARS = 3;

/** The newest candle and the space to its right. */
export const PRESENT_BARS = MARGIN_BARS + 1;

/** The right edge of a live chart: a margin after the candle of `now`. */
export function liveEdgeAt(now: number, interval: Interval): number {
  return bucketStart(now, interval) + (1 + MARGIN_BARS) * intervalLengthMs(interval);
}

/**
 * The initial number of candles: about one per nine pixels, or fewer if there are few, so that they are not squeezed at the right
 * edge.
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

/** One more than are loaded: the chart loads older candles while visible ones are missing. */
function barsOfAll({ liveEdge, firstLoaded, intervalMs }: ViewFrame): number {
  const loaded = (liveEdge - firstLoaded) / intervalMs + 1;
  return Math.min(MAX_BARS, Math.max(MIN_BARS, loaded));
}

/** The end of the newest candle. */
const newestEnd = ({ liveEdge, intervalMs }: ViewFrame): number => liveEdge - MARGIN_BARS * intervalMs;

/** The view moved by a number of candles, to later times if positive. A view that reaches the newest candle follows it again. */
export function panned(view: ChartView, bars: number, frame: ViewFrame): ChartView {
  const { from, to } = visibleRange(view, frame);
  return settled(from + bars * frame.intervalMs, to + bars * frame.intervalMs, frame);
}

/**
 * The view of `factor` times as much time.
 *
 * @param anchor the position that does not move, from 0 at the left edge to 1 at the right one
 */
export function zoomed(view: ChartView, factor: number, anchor: number, frame: ViewFrame): ChartView {
  const { from, to } = visibleRange(view, frame);
  const span = to - from;
  const nextSpan =
    Math.min(MAX_BARS, Math.max(MIN_BARS, (span / frame.intervalMs) * factor)) * frame.intervalMs;
  const nextTo = to + (nextSpan - span) * (1 - anchor);
  return settled(nextTo - nextSpan, nextTo, frame);
}

/** The view of this range, shifted so that at least half of it may contain candles. */
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
