/** Lowest and highest value of an axis. */
export type Extent = readonly [low: number, high: number];

const NICE = [1, 2, 2.5, 5, 10] as const;

/** The smallest of 1, 2, 2.5 or 5 times a power of ten that is not below `min`. */
export function niceStep(min: number): number {
  const power = 10 ** Math.floor(Math.log10(min));
  // Because of rounding, the ratio may be slightly above a nice number that it equals.
  const factor = NICE.find((nice) => nice >= min / power - 1e-9) ?? 10;
  return factor * power;
}

/** The lowest low and the highest high; null without candles. */
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
 * The axis for prices between these, with padding on both sides, rounded outwards to a twentieth of its height, so that a price that
 * slowly exceeds the extremes seldom changes the axis. For a constant price, the axis spans 0.2% around it.
 */
export function priceDomain([low, high]: Extent): Extent {
  const span = Math.max(high - low, high * 2e-3);
  const middle = (low + high) / 2;
  const step = niceStep(span / 20);
  const padding = span * 0.04;
  return [
    Math.max(0, Math.floor((middle - span / 2 - padding) / step) * step),
    Math.ceil((middle + span / 2 + padding) / step) * step,
  ];
}

/** Round values within the domain, at most about `maxCount` (or two, if that is more), lowest first, and the distance between them. */
export function priceTicks(
  [low, high]: Extent,
  maxCount: number,
): { readonly ticks: readonly number[]; readonly step: number } {
  const step = niceStep((high - low) / Math.max(2, maxCount));
  const ticks: number[] = [];
  // Adding 0 turns -0, which would be formatted with its sign, into 0.
  const first = Math.ceil(low / step - 1e-9) + 0;
  // Multiplication keeps rounding errors separate; repeated addition would accumulate them.
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
  // Of the nice steps, only 2.5 needs one digit more than its power of ten.
  return (Math.abs(step / 10 ** power - 2.5) < 1e-6 ? 1 : 0) - power;
}
