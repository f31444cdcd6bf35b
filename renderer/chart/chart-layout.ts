import { formatNumber, priceDecimals } from '../../shared/format.ts';

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

/**
 * How a chart of this size is divided: prices above, volume below (when there is any), price axis at the right.
 *
 * @param price one of the prices on the chart, from which the room for labels is taken
 */
export function chartLayout(
  { width, height }: { readonly width: number; readonly height: number },
  { hasVolume, price }: { readonly hasVolume: boolean; readonly price: number },
): ChartLayout {
  const plotHeight = Math.max(0, height - PLOT_TOP - TIME_AXIS_HEIGHT);
  const volumeHeight = hasVolume ? Math.round(Math.min(90, Math.max(34, plotHeight * 0.16))) : 0;
  const pricePaddingBottom = hasVolume ? volumeHeight + PANE_GAP : 0;
  const priceAxisWidth = formatNumber(price, priceDecimals(price)).length * DIGIT_WIDTH + LABEL_SPACE;
  return {
    priceAxisWidth,
    plotWidth: Math.max(0, width - priceAxisWidth),
    priceHeight: Math.max(0, plotHeight - pricePaddingBottom),
    volumeHeight,
    pricePaddingBottom,
    volumePaddingTop: Math.max(0, plotHeight - volumeHeight),
  };
}
