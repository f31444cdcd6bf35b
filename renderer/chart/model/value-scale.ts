import type { Extent } from './price-scale.ts';

/** `linear` in the value, or `log`: linear in its logarithm, so that equal distances are equal ratios. */
export type ValueScaleKind = 'linear' | 'log';

/** From a value to a pixel, and back. */
export type ValueScale = {
  readonly kind: ValueScaleKind;
  readonly y: (value: number) => number;
  readonly value: (y: number) => number;
};

/** The scale that maps the ends of a domain to these pixels. The domain of a logarithmic one must be above zero. */
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
