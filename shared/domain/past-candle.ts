import type { Candle } from './candle.ts';

/** A candle of the past, of whatever length is known. Its volume is what was traded, in units of the coin. */
export type PastCandle = Candle & { readonly lengthMs: number };

/** How a candle's four prices are spread over its time, as shares of it. The close is the last that is known before the end. */
const OPEN = 0;
const FIRST_EXTREME = 0.25;
const SECOND_EXTREME = 0.75;

/**
 * The four prices of a candle with their times. What happened within a candle is not known; of one that rose the low is taken to
 * have come before the high, of one that fell the high before the low, as the shortest way through the four prices goes.
 */
export function pricesOfCandle({
  start,
  lengthMs,
  open,
  high,
  low,
  close,
}: PastCandle): readonly (readonly [at: number, price: number])[] {
  const [first, second] = close >= open ? [low, high] : [high, low];
  return [
    [start + OPEN * lengthMs, open],
    [start + FIRST_EXTREME * lengthMs, first],
    [start + SECOND_EXTREME * lengthMs, second],
    [start + lengthMs - 1, close],
  ];
}
