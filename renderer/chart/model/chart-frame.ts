import type { Candle } from '../../../shared/domain/candle.ts';
import type { AxisFrame } from './axis-frame.ts';
import { axisOfStudies, priceAxisFrame, volumeAxisFrame } from './axis-frame.ts';
import { firstFrom } from './candle-range.ts';
import type { ChartInputs } from './chart-inputs.ts';
import { type ChartLayout, PRICE_PANE, VOLUME_PANE } from './chart-layout.ts';
import type { TimeRange } from './chart-view.ts';
import type { Extent } from './price-scale.ts';
import { type TimeTick, timeTicks } from './time-ticks.ts';

/** The content of the axes. A new one is made when the chart is zoomed or prices leave the axis, not while it is only moved. */
export type ChartFrame = {
  readonly key: string;
  readonly layout: ChartLayout;
  /** The visible range when the frame was made. */
  readonly range: TimeRange;
  /** Whether the chart was being moved; then there are also ticks on both sides of the range. */
  readonly isMoving: boolean;
  readonly times: readonly TimeTick[];
  readonly axes: readonly AxisFrame[];
  /** The price that is 0% on a percentage axis. */
  readonly percentBase: number;
};

/** A moving frame extends by this multiple of its span to both sides. */
const OVERSCAN = 1;
const PX_PER_TIME = 84;

export type FrameRequest = {
  readonly range: TimeRange;
  /** Chosen by dragging the price axis; null if the axis follows the visible prices. */
  readonly priceRange: Extent | null;
  readonly previous: ChartFrame | null;
  /** Whether the chart is being moved. */
  readonly isMoving: boolean;
};

/** The frame for a range. It is `previous` itself or reuses parts of it, as far as they still fit. */
export function chartFrame(
  inputs: ChartInputs,
  live: Candle | null,
  { range, priceRange, previous, isMoving }: FrameRequest,
): ChartFrame {
  const { key, layout } = inputs;
  const isSameChart = previous !== null && previous.key === key && previous.layout === layout;
  const keepsRange = isSameChart && isMoving && reaches(previous.range, range);
  const frameRange = keepsRange ? previous.range : range;
  const percentBase = isSameChart && isMoving ? previous.percentBase : firstClose(inputs, live, range);
  const context = { inputs, live, range, priceRange, percentBase };
  const axes = layout.panes.map(({ id }) => {
    const before = isSameChart && isMoving ? previous.axes.find((axis) => axis.id === id) : undefined;
    const axis =
      id === PRICE_PANE
        ? priceAxisFrame(context, before)
        : id === VOLUME_PANE
          ? volumeAxisFrame(context, before)
          : axisOfStudies(id, context, before);
    const same = isSameChart ? previous.axes.find((one) => isSameAxis(one, axis)) : undefined;
    return same ?? axis;
  });
  const keepsTimes = isSameChart && previous.isMoving === isMoving && isSameRange(previous.range, frameRange);
  if (keepsTimes && axes.every((axis, index) => axis === previous.axes[index])) return previous;
  const times = keepsTimes ? previous.times : timesOf(inputs, frameRange, isMoving);
  return { key, layout, range: frameRange, isMoving, times, axes, percentBase };
}

const isSameRange = (one: TimeRange, other: TimeRange): boolean =>
  one.from === other.from && one.to === other.to;

/** Whether a range has the same span as that of a frame, and is within its overscan. */
function reaches(made: TimeRange, range: TimeRange): boolean {
  const span = made.to - made.from;
  if (Math.abs(range.to - range.from - span) > span * 1e-9) return false;
  return Math.abs(range.from - made.from) <= span * OVERSCAN;
}

function timesOf(inputs: ChartInputs, { from, to }: TimeRange, isMoving: boolean): readonly TimeTick[] {
  const by = { calendar: inputs.calendar, now: inputs.now };
  const maxTicks = inputs.layout.plotWidth / PX_PER_TIME;
  const reach = isMoving ? (to - from) * OVERSCAN : 0;
  return timeTicks({ from: from - reach, to: to + reach }, maxTicks * (isMoving ? 1 + 2 * OVERSCAN : 1), by);
}

/** The close of the first visible candle, or its open if it is not closed yet. */
function firstClose({ candles, intervalMs }: ChartInputs, live: Candle | null, { from }: TimeRange): number {
  return candles[firstFrom(candles, from - intervalMs + 1)]?.close ?? live?.open ?? 1;
}

function isSameAxis(one: AxisFrame, other: AxisFrame): boolean {
  return (
    one.id === other.id &&
    one.domain[0] === other.domain[0] &&
    one.domain[1] === other.domain[1] &&
    one.kind === other.kind &&
    one.isInverted === other.isInverted &&
    one.unit === other.unit &&
    (one.unit !== 'percent' || one.percentBase === other.percentBase)
  );
}
