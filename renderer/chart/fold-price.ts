import type { Candle } from '../../shared/domain.ts';
import type { LivePrice } from './candle-page.ts';

/** The candle of a bucket in which this is the first known price. */
export function open(start: number, { price, volume24h }: LivePrice): Candle {
  return { start, open: price, high: price, low: price, close: price, volume: volume24h, tickCount: 1 };
}

/**
 * The candle after one more price of its bucket. Folding the same prices again, in their order, gives the same candle,
 * so what the monitor has already counted and what the page heard meanwhile may overlap.
 */
export function fold(candle: Candle, { price, volume24h }: LivePrice): Candle {
  const volume = volume24h ?? candle.volume;
  const isKnown =
    price === candle.close && price <= candle.high && price >= candle.low && volume === candle.volume;
  if (isKnown) return candle;
  return {
    ...candle,
    high: Math.max(candle.high, price),
    low: Math.min(candle.low, price),
    close: price,
    volume,
    // History that goes on with a price of ours is measured from here on; more is not counted, since prices may repeat.
    tickCount: Math.max(1, candle.tickCount),
  };
}
