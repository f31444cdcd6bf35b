/** Lowest and highest value of an axis. */
export type Extent = readonly [low: number, high: number];

const NICE = [1, 2, 2.5, 5, 10] as const;

/** The smallest of 1, 2, 2.5 or 5 times a power of ten that is not below `least`. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  // Rounding in the division may leave the ratio a hair above a nice number that it equals.
  const factor = NICE.find((nice) => nice >= least / power - 1e-9) ?? 10;
  return factor * power;
}

/** Lowest low and highest high, or null when there is nothing. */
export function extentOf(candles: Iterable<{ readonly low: number; readonly high: number }>): Extent | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const candle of candles) {
    if (candle.low < low) low = candle.low;
    if (candle.high > high) high = candle.high;
  }
  return low <= high ? [low, high] : null;
}

/**
 * The axis for prices between these: some air on both sides, rounded outwards to a twentieth of the height, so that a
 * price that creeps beyond the old extremes seldom moves the axis. A flat price gets an axis of 0.2 % around it.
 */
export function priceDomain([low, high]: Extent): Extent {
  const span = Math.max(high - low, high * 2e-3);
  const middle = (low + high) / 2;
  const step = niceStep(span / 20);
  const air = span * 0.04;
  return [
    Math.max(0, Math.floor((middle - span / 2 - air) / step) * step),
    Math.ceil((middle + span / 2 + air) / step) * step,
  ];
}

/** Round values within the domain, at most `most` of them (at least two), lowest first, and the distance between. */
export function priceTicks(
  [low, high]: Extent,
  most: number,
): { readonly ticks: readonly number[]; readonly step: number } {
  const step = niceStep((high - low) / Math.max(2, most));
  const ticks: number[] = [];
  // Of zero there is a negative one, which would be written with its sign.
  const first = Math.ceil(low / step - 1e-9) + 0;
  // Multiplying keeps the rounding error of each tick its own; adding would sum it up.
  for (let n = first; n * step <= high + step * 1e-9; n++) ticks.push(n * step);
  return { ticks, step };
}

/**
 * The number of decimals that distinguish ticks at this distance; negative for steps of tens, hundreds and so on.
 *
 * @param step a `niceStep`
 */
export function stepDecimals(step: number): number {
  const power = Math.floor(Math.log10(step) + 1e-9);
  // Of the nice steps only 2.5 needs a digit more than its power of ten.
  return (Math.abs(step / 10 ** power - 2.5) < 1e-6 ? 1 : 0) - power;
}
