import type { Extent } from './price-scale.ts';
import type { ValueScale } from './value-scale.ts';

/** The smallest span of an axis, as a share of its prices: the labels of a smaller one would not fit. */
const MIN_SHARE = 2e-4;
/** The largest span of a linear axis, as a multiple of its middle. */
const MAX_SPAN = 20;
/** The largest ratio of the highest to the lowest price of a logarithmic axis. */
const MAX_RATIO = 1e6;

/**
 * The domain after its axis was dragged down by the given pixels, which widens it around its middle. The same object if the limits
 * above allow no further change.
 */
export function scaledDomain(domain: Extent, scale: ValueScale, downPx: number): Extent {
  const [lowY, highY] = [scale.y(domain[0]), scale.y(domain[1])];
  const middle = (lowY + highY) / 2;
  const factor = Math.exp(downPx / Math.max(1, Math.abs(highY - lowY) / 2));
  const low = scale.value(middle + (lowY - middle) * factor);
  const high = scale.value(middle + (highY - middle) * factor);
  const isFar =
    scale.kind === 'log' ? high > low * MAX_RATIO : high - low > Math.abs(low + high) * (MAX_SPAN / 2);
  const isNear = high - low < Math.max(Math.abs(low), Math.abs(high)) * MIN_SHARE;
  return (downPx > 0 ? isFar : isNear) ? domain : [low, high];
}

/** The domain after the plot was dragged down by the given pixels. */
export function shiftedDomain(domain: Extent, scale: ValueScale, downPx: number): Extent {
  return [scale.value(scale.y(domain[0]) - downPx), scale.value(scale.y(domain[1]) - downPx)];
}
