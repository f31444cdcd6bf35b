import type { Extent } from './price-scale.ts';

/** Linear in the value, or in its logarithm: then equal distances are equal ratios. */
export type ValueScaleKind = 'linear' | 'log';

/** From a value to a pixel, and back. */
export type ValueScale = {
  readonly kind: ValueScaleKind;
  readonly y: (value: number) => number;
  readonly value: (y: number) => number;
};

/** The scale that has the ends of a domain at these pixels. A logarithmic one needs values above zero. */
export function valueScale(
  [low, high]: Extent,
  lowY: number,
  highY: number,
  kind: ValueScaleKind,
): ValueScale {
  if (kind === 'log') {
    const base = Math.log(low);
    const perUnit = (highY - lowY) / (Math.log(high) - base);
    return {
      kind,
      y: (value) => lowY + (Math.log(value) - base) * perUnit,
      value: (y) => Math.exp(base + (y - lowY) / perUnit),
    };
  }
  const perUnit = (highY - lowY) / (high - low);
  return { kind, y: (value) => lowY + (value - low) * perUnit, value: (y) => low + (y - lowY) / perUnit };
}
