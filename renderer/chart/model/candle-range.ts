import type { TimeRange } from './chart-view.ts';

type Bucket = { readonly start: number };

/** Index of the first candle that starts at or after `at`; the length if there is none. Candles must be in order. */
export function firstFrom(candles: readonly Bucket[], at: number): number {
  let low = 0;
  let high = candles.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((candles[middle]?.start ?? Number.POSITIVE_INFINITY) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first start at or after `at`; the length if there is none. Starts must be in order. */
export function firstAt(starts: Float64Array, at: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Number.POSITIVE_INFINITY) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The candles that overlap the range. */
export function candlesWithin<C extends Bucket>(
  candles: readonly C[],
  range: TimeRange,
  intervalMs: number,
): readonly C[] {
  // A candle that begins exactly one interval earlier ends where the range begins.
  return candles.slice(firstFrom(candles, range.from - intervalMs + 1), firstFrom(candles, range.to));
}

/** The candle whose bucket contains `at`; undefined in a gap between two candles. */
export function candleAt<C extends Bucket>(
  candles: readonly C[],
  at: number,
  intervalMs: number,
): C | undefined {
  const candle = candles[firstFrom(candles, at + 1) - 1];
  return candle !== undefined && at < candle.start + intervalMs ? candle : undefined;
}
