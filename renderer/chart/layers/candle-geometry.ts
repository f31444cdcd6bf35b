import type { Candle } from '../../../shared/domain/candle.ts';

/** The share of a candle's width that its body fills; the rest is the space between candles. */
const BODY_SHARE = 0.7;
/** Below this number of pixels per candle, neighbours are drawn as one column. */
const MIN_PITCH = 1;

/** The width of bodies for this distance between candles: odd, so that the wick is exactly in the middle, and at least 1. */
export function bodyWidth(pitchPx: number): number {
  return Math.max(1, 2 * Math.floor((pitchPx * BODY_SHARE - 1) / 2) + 1);
}

/**
 * Candles in device pixels, in typed arrays that are reused for each frame: with hundreds of candles, allocating objects would be
 * most of the work. `middle` is the left edge of the wick's pixel. `isHistory` marks candles that were not measured.
 */
export type CandleGeometry = {
  count: number;
  width: number;
  middle: Int32Array;
  open: Int32Array;
  close: Int32Array;
  high: Int32Array;
  low: Int32Array;
  volume: Float64Array;
  isRising: Uint8Array;
  isHistory: Uint8Array;
};

export function emptyGeometry(): CandleGeometry {
  return {
    count: 0,
    width: 1,
    middle: new Int32Array(0),
    open: new Int32Array(0),
    close: new Int32Array(0),
    high: new Int32Array(0),
    low: new Int32Array(0),
    volume: new Float64Array(0),
    isRising: new Uint8Array(0),
    isHistory: new Uint8Array(0),
  };
}

function reserve(geometry: CandleGeometry, count: number): void {
  if (geometry.middle.length >= count) return;
  const length = Math.max(1_024, count * 2);
  geometry.middle = new Int32Array(length);
  geometry.open = new Int32Array(length);
  geometry.close = new Int32Array(length);
  geometry.high = new Int32Array(length);
  geometry.low = new Int32Array(length);
  geometry.volume = new Float64Array(length);
  geometry.isRising = new Uint8Array(length);
  geometry.isHistory = new Uint8Array(length);
}

export type GeometrySource = {
  readonly candles: readonly Candle[];
  readonly first: number;
  readonly end: number;
  readonly intervalMs: number;
  /** From an instant to a device pixel. */
  readonly x: (at: number) => number;
  /** From a price to a device pixel. */
  readonly y: (price: number) => number;
};

/**
 * Measures the candles from `first` up to `end` (not included). If candles are narrower than a pixel, those in the same pixel are
 * merged: first open, last close, highest, lowest, and total volume. A close that equals the open counts as rising.
 */
export function measureCandles(geometry: CandleGeometry, source: GeometrySource): CandleGeometry {
  const { candles, first, end, intervalMs, x, y } = source;
  reserve(geometry, end - first);
  const pitch = x(intervalMs) - x(0);
  geometry.width = bodyWidth(pitch);
  const isDense = pitch < MIN_PITCH;
  let count = 0;
  let column = Number.NaN;
  let columnOpen = 0;
  for (let index = first; index < end; index++) {
    const candle = candles[index];
    if (candle === undefined) continue;
    const middle = Math.floor(x(candle.start + intervalMs / 2));
    const high = Math.round(y(candle.high));
    const low = Math.round(y(candle.low));
    const volume = candle.volume ?? Number.NaN;
    if (isDense && middle === column) {
      const at = count - 1;
      geometry.high[at] = Math.min(geometry.high[at] ?? high, high);
      geometry.low[at] = Math.max(geometry.low[at] ?? low, low);
      geometry.close[at] = Math.round(y(candle.close));
      geometry.isRising[at] = candle.close >= columnOpen ? 1 : 0;
      const before = geometry.volume[at] ?? Number.NaN;
      geometry.volume[at] = Number.isNaN(before) ? volume : before + (candle.volume ?? 0);
      if (candle.tickCount > 0) geometry.isHistory[at] = 0;
      continue;
    }
    column = middle;
    columnOpen = candle.open;
    geometry.middle[count] = middle;
    geometry.open[count] = Math.round(y(candle.open));
    geometry.close[count] = Math.round(y(candle.close));
    geometry.high[count] = high;
    geometry.low[count] = low;
    geometry.volume[count] = volume;
    geometry.isRising[count] = candle.close >= candle.open ? 1 : 0;
    geometry.isHistory[count] = candle.tickCount === 0 ? 1 : 0;
    count += 1;
  }
  geometry.count = count;
  return geometry;
}
