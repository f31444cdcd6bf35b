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
  /** Pixels above the pane that are reserved for its label. */
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

/** The width of a digit of the axis labels, and the space around a label. */
const DIGIT_WIDTH = 7;
const LABEL_SPACE = 18;
/** The smallest step as a share of the price: an axis spans at least 0.2% of its price and has at most about twenty labels. */
const MIN_STEP = 1e-4;

/**
 * The width for the label of any price between these, in pixels, on an axis over all of them or over a small part of them. Without
 * prices there are no labels.
 */
export function priceAxisWidth(prices: Extent | null): number {
  if (prices === null) return LABEL_SPACE;
  const [bottom, top] = priceDomain(prices);
  // On an axis of only the lowest price, there are labels a little below it.
  const lowest = Math.min(prices[0] * 0.99, bottom > 0 ? bottom : prices[0]);
  const lengths = [...magnitudes(lowest, top), top].map((price) => {
    return formatNumber(price, Math.max(priceDecimals(price), ...finestDecimals(price))).length;
  });
  return Math.max(...lengths) * DIGIT_WIDTH + LABEL_SPACE;
}

/** The decimals of the smallest step at a price, and of the smallest one with the digits 2.5, which has one digit more. */
function finestDecimals(price: number): readonly number[] {
  const minStep = price * MIN_STEP;
  const quarter = 2.5 * 10 ** Math.ceil(Math.log10(minStep / 2.5) - 1e-9);
  return [stepDecimals(niceStep(minStep)), stepDecimals(quarter)];
}

/**
 * The prices between these at which the length of labels may change: at a power of ten, they have one digit more before the point;
 * from 2.5 times a power of ten on, one digit fewer after it, because the smallest step of 2.5 is ten times as large.
 */
function* magnitudes(low: number, high: number): Generator<number> {
  yield low;
  for (let power = 10 ** Math.floor(Math.log10(low)); power < high; power *= 10) {
    for (const price of [power, 2.5 * power]) if (price > low && price < high) yield price;
  }
}

export const PRICE_PANE = 'price';
export const VOLUME_PANE = 'volume';

/** Pixels above the volume pane for its label, which the tallest bar does not reach. */
const VOLUME_LABEL = 12;

/** The line above a lower pane: the middle of a row of pixels between the pane above and this pane's label. */
export const edgeAbove = ({ top, labelRoom }: Pick<PaneRect, 'top' | 'labelRoom'>): number =>
  Math.floor(top) - labelRoom - PANE_GAP / 2 + 0.5;

/** Heights of panes including their labels: as shares of the plot's height, and limits in pixels. */
const VOLUME_SHARE = 0.16;
const STUDY_SHARE = 0.18;
const MIN_PANE = 34;
const MAX_VOLUME = 90;
const MAX_STUDY = 130;
/** The prices keep at least this share, however many panes there are below. */
const MIN_PRICE_SHARE = 0.4;

/**
 * The layout of a chart of this size: prices at the top, then volume, then the panes of studies, and the price axis at the right.
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
      ? Math.min(MAX_VOLUME, Math.max(MIN_PANE, plotHeight * VOLUME_SHARE))
      : Math.min(MAX_STUDY, Math.max(MIN_PANE, plotHeight * STUDY_SHARE)),
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
    // If panes are very low, the bars get at least half of the height.
    const labelRoom = id === VOLUME_PANE ? Math.min(VOLUME_LABEL, Math.floor(paneHeight / 2)) : 0;
    panes.push({ id, top: top + PANE_GAP + labelRoom, height: paneHeight - labelRoom, labelRoom });
    top += PANE_GAP + paneHeight;
  }
  return { width, height, priceAxisWidth: axisWidth, plotWidth: Math.max(0, width - axisWidth), panes };
}
