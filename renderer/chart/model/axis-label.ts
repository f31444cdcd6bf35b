import { formatCompact, formatNumber } from '../../../shared/format/number.ts';
import { formatPct } from '../../../shared/format/percent.ts';
import { priceDecimals } from '../../../shared/format/price.ts';
import type { AxisFrame } from './axis-frame.ts';

/** The label of a value on an axis. */
export function axisLabel(value: number, axis: AxisFrame): string {
  switch (axis.unit) {
    case 'percent':
      return formatPct((value / axis.percentBase - 1) * 100);
    case 'volume':
      return formatCompact(value);
    case 'price':
      // On a logarithmic axis over several powers of ten, each value has the decimals that it needs.
      return formatNumber(value, axis.kind === 'log' ? logDecimals(value, axis) : axis.decimals);
    case 'number':
      return formatNumber(value, axis.decimals);
  }
}

/**
 * The text of a tag on the price axis: in the unit of the axis labels, but a price has all decimals that prices of its magnitude
 * have.
 */
export function priceOnAxis(price: number, axis: AxisFrame, vsCurrency: string): string {
  return axis.unit === 'percent'
    ? axisLabel(price, axis)
    : formatNumber(price, priceDecimals(price, vsCurrency));
}

/** The width of a character of the time axis labels, in pixels, and the space on each side of a label. */
const CHARACTER_WIDTH = 6.2;
const LABEL_SPACE = 2;

/** The middle of a time's label: below its tick, or as near to it as possible without being cut off by an edge of the chart. */
export function timeLabelMiddle(x: number, label: string, width: number): number {
  const half = (label.length * CHARACTER_WIDTH) / 2 + LABEL_SPACE;
  return Math.min(Math.max(x, half), width - half);
}

function logDecimals(value: number, { domain, decimals }: AxisFrame): number {
  return domain[1] / domain[0] < 10 ? decimals : -Math.floor(Math.log10(value) + 1e-9);
}
