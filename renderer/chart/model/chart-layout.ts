import { formatNumber } from '../../../shared/format/number.ts';
import { priceDecimals } from '../../../shared/format/price.ts';
import { type Extent, niceStep, priceDomain, stepDecimals } from './price-scale.ts';

/** Pixels above the plot area, for the highest price's label. */
export const PLOT_TOP = 10;
export const TIME_AXIS_HEIGHT = 26;
const PANE_GAP = 14;

/** A strip of the chart with a value axis of its own. */
export type PaneRect = {
  readonly id: string;
  /** Pixels from the top of the chart. */
  readonly top: number;
  readonly height: number;
  /** Pixels above the pane that its label has for itself. */
  readonly labelRoom: number;
};

export type ChartLayout = {
  readonly width: number;
  readonly height: number;
  readonly priceAxisWidth: number;
  readonly plotWidth: number;
  /** From top to bottom; the first is that of the prices. */
  readonly panes: readonly PaneRect[];
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

export const PRICE_PANE = 'price';
export const VOLUME_PANE = 'volume';

/** Pixels above the volume pane for its label, below which the tallest bar ends. */
const VOLUME_LABEL = 12;

/** Where the line above a lower pane is drawn: the middle of a row of pixels between the pane above and this pane's label. */
export const edgeAbove = ({ top, labelRoom }: Pick<PaneRect, 'top' | 'labelRoom'>): number =>
  Math.floor(top) - labelRoom - PANE_GAP / 2 + 0.5;

/** Of the plot's height, and in pixels, with a pane's label. */
const VOLUME_SHARE = 0.16;
const STUDY_SHARE = 0.18;
const MIN_PANE = 34;
const HIGHEST_VOLUME = 90;
const HIGHEST_STUDY = 130;
/** The prices keep at least this share, however many panes there are below. */
const MIN_PRICE_SHARE = 0.4;

/**
 * How a chart of this size is divided: prices above, then volume, then the panes of studies; price axis at the right.
 *
 * @param axisWidth see `priceAxisWidth`
 * @param lower the panes below the prices, from top to bottom
 */
export function chartLayout(
  { width, height }: { readonly width: number; readonly height: number },
  { lower, axisWidth }: { readonly lower: readonly string[]; readonly axisWidth: number },
): ChartLayout {
  const plotHeight = Math.max(0, height - PLOT_TOP - TIME_AXIS_HEIGHT);
  const wanted = lower.map((id) =>
    id === VOLUME_PANE
      ? Math.min(HIGHEST_VOLUME, Math.max(MIN_PANE, plotHeight * VOLUME_SHARE))
      : Math.min(HIGHEST_STUDY, Math.max(MIN_PANE, plotHeight * STUDY_SHARE)),
  );
  const gaps = lower.length * PANE_GAP;
  const sum = wanted.reduce((total, one) => total + one, 0);
  const scale = Math.min(1, Math.max(0, plotHeight * (1 - MIN_PRICE_SHARE) - gaps) / Math.max(1, sum));
  const heights = wanted.map((one) => Math.round(one * scale));
  const lowerHeight = heights.reduce((total, one) => total + one + PANE_GAP, 0);
  let top = PLOT_TOP + Math.max(0, plotHeight - lowerHeight);
  const panes: PaneRect[] = [{ id: PRICE_PANE, top: PLOT_TOP, height: top - PLOT_TOP, labelRoom: 0 }];
  for (const [index, id] of lower.entries()) {
    const paneHeight = heights[index] ?? 0;
    // Where panes are squeezed, bars matter more than the label.
    const labelRoom = id === VOLUME_PANE ? Math.min(VOLUME_LABEL, Math.floor(paneHeight / 2)) : 0;
    panes.push({ id, top: top + PANE_GAP + labelRoom, height: paneHeight - labelRoom, labelRoom });
    top += PANE_GAP + paneHeight;
  }
  return { width, height, priceAxisWidth: axisWidth, plotWidth: Math.max(0, width - axisWidth), panes };
}
