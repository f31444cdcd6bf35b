import type { Candle } from '../../../shared/domain/candle.ts';

/** A price that is folded into the candle of its bucket, with the volume that the series shows. */
export type BucketPrice = {
  readonly price: number;
  /** The rolling 24-hour volume at this price; null if it is unknown, or not shown. */
  readonly level: number | null;
  /** The amount traded since the previous price. */
  readonly traded: number;
};

/** The candle of a bucket whose first known price this is. */
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
 * The candle after one more price of its bucket. Folding the same prices again, in order and without traded amounts, results in the
 * same candle, so prices that the monitor has already folded and those that the page receives may overlap.
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
    // A historical candle with a measured price counts as measured. Ticks are not counted, because prices may be repeated.
    tickCount: Math.max(1, candle.tickCount),
  };
}

/** A rolling volume replaces the one before; traded amounts are added, and the volume is unknown before the first. */
function volumeWith(before: number | null, { level, traded }: BucketPrice): number | null {
  return traded > 0 ? (before ?? 0) + traded : (level ?? before);
}
