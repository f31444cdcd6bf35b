import { formatNumber } from '../../shared/format/number.ts';
import { priceDecimals } from '../../shared/format/price.ts';
import { type Extent, niceStep, priceDomain, stepDecimals } from './price-scale.ts';

/** Pixels above the plot area, for the highest price's label. */
export const PLOT_TOP = 10;
export const TIME_AXIS_HEIGHT = 26;
const PANE_GAP = 14;

export type ChartLayout = {
  readonly priceAxisWidth: number;
  readonly plotWidth: number;
  readonly priceHeight: number;
  readonly volumeHeight: number;
  /** What keeps the price axis above the volume pane. */
  readonly pricePaddingBottom: number;
  /** What keeps the volume axis below the prices. */
  readonly volumePaddingTop: number;
};

/** Width of a digit of the axis labels, and the space around a label. */
const DIGIT_WIDTH = 7;
const LABEL_SPACE = 18;
/** An axis spans at least 0.2 % of its price and has at most some twenty labels. */
const FINEST_STEP = 1e-4;

/**
 * Room for the label of any price between these, in pixels: of an axis over all of them, or over the smallest part of them.
 * Without prices there are no labels.
 */
export function priceAxisWidth(prices: Extent | null): number {
  if (prices === null) return LABEL_SPACE;
  const [bottom, top] = priceDomain(prices);
  // Of the lowest price alone, labels lie a little below it.
  const lowest = Math.min(prices[0] * 0.99, bottom > 0 ? bottom : prices[0]);
  const lengths = [...magnitudes(lowest, top), top].map((price) => {
    return formatNumber(price, Math.max(priceDecimals(price), ...finestDecimals(price))).length;
  });
  return Math.max(...lengths) * DIGIT_WIDTH + LABEL_SPACE;
}

/** Decimals of the finest steps at a price: of the finest of all, and of the finest 2.5, which has a digit more than others. */
function finestDecimals(price: number): readonly number[] {
  const least = price * FINEST_STEP;
  const quarter = 2.5 * 10 ** Math.ceil(Math.log10(least / 2.5) - 1e-9);
  return [stepDecimals(niceStep(least)), stepDecimals(quarter)];
}

/**
 * The prices between these at which a label may become longer: a digit more before the point at a power of ten, a digit
 * fewer behind it from 2.5 times one on, above which the finest step of 2.5 is ten times as large.
 */
function* magnitudes(low: number, high: number): Generator<number> {
  yield low;
  for (let power = 10 ** Math.floor(Math.log10(low)); power < high; power *= 10) {
    for (const price of [power, 2.5 * power]) if (price > low && price < high) yield price;
  }
}

/**
 * How a chart of this size is divided: prices above, volume below (when there is any), price axis at the right.
 *
 * @param axisWidth see `priceAxisWidth`
 */
export function chartLayout(
  { width, height }: { readonly width: number; readonly height: number },
  { hasVolume, axisWidth }: { readonly hasVolume: boolean; readonly axisWidth: number },
): ChartLayout {
  const plotHeight = Math.max(0, height - PLOT_TOP - TIME_AXIS_HEIGHT);
  const volumeHeight = hasVolume ? Math.round(Math.min(90, Math.max(34, plotHeight * 0.16))) : 0;
  const pricePaddingBottom = hasVolume ? volumeHeight + PANE_GAP : 0;
  return {
    priceAxisWidth: axisWidth,
    plotWidth: Math.max(0, width - axisWidth),
    priceHeight: Math.max(0, plotHeight - pricePaddingBottom),
    volumeHeight,
    pricePaddingBottom,
    volumePaddingTop: Math.max(0, plotHeight - volumeHeight),
  };
}
