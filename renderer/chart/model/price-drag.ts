import type { Extent } from './price-scale.ts';
import type { ValueScale } from './value-scale.ts';

/** The domain after its axis was dragged down by the given pixels, which widens it around its middle. */
export function scaledDomain(domain: Extent, scale: ValueScale, downPx: number): Extent {
  const [lowY, highY] = [scale.y(domain[0]), scale.y(domain[1])];
  const middle = (lowY + highY) / 2;
  const factor = Math.exp(downPx / Math.max(1, Math.abs(highY - lowY) / 2));
  return [scale.value(middle + (lowY - middle) * factor), scale.value(middle + (highY - middle) * factor)];
}

/** The domain after the plot was dragged down by the given pixels. */
export function shiftedDomain(domain: Extent, scale: ValueScale, downPx: number): Extent {
  return [scale.value(scale.y(domain[0]) - downPx), scale.value(scale.y(domain[1]) - downPx)];
}
