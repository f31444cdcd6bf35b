import type { Candle } from '../../../shared/domain/candle.ts';

/** A price as the candle of its bucket takes it in, with the volume that the series shows. */
export type BucketPrice = {
  readonly price: number;
  /** The rolling 24-hour volume at this price; null where it is not known, or not shown. */
  readonly level: number | null;
  /** The amount traded since the price before. */
  readonly traded: number;
};

/** The candle of a bucket in which this is the first known price. */
export function open(start: number, given: BucketPrice): Candle {
  const { price } = given;
  return {
    start,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: volumeWith(null, given),
    tickCount: 1,
  };
}

/**
 * The candle after one more price of its bucket. Folding the same prices again, in their order and with nothing traded
 * between, gives the same candle, so what the monitor has already counted and what the page received meanwhile may overlap.
 */
export function fold(candle: Candle, given: BucketPrice): Candle {
  const { price } = given;
  const volume = volumeWith(candle.volume, given);
  const isKnown =
    price === candle.close && price <= candle.high && price >= candle.low && volume === candle.volume;
  if (isKnown) return candle;
  return {
    ...candle,
    high: Math.max(candle.high, price),
    low: Math.min(candle.low, price),
    close: price,
    volume,
    // A historical candle that gets a measured price counts as measured; the rest is not counted, since prices may repeat.
    tickCount: Math.max(1, candle.tickCount),
  };
}

/** A rolling volume is the level that it is; what is traded adds up, and is not known before anything was. */
function volumeWith(before: number | null, { level, traded }: BucketPrice): number | null {
  return traded > 0 ? (before ?? 0) + traded : (level ?? before);
}
