import type { Candle } from './candle.ts';

/** A stored candle with its own length. Its volume is the traded amount, in units of the coin. */
export type PastCandle = Candle & { readonly lengthMs: number };

/** The positions of a candle's first three prices in its length, as fractions. The close is in its last millisecond. */
const OPEN = 0;
const FIRST_EXTREME = 0.25;
const SECOND_EXTREME = 0.75;

/**
 * The four prices of a candle with assumed times, because the order of prices within a candle is unknown. The low of a rising candle
 * is assumed to precede its high, and the high of a falling candle its low: this is the shortest path through the four prices.
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
