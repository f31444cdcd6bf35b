import { firstAt, firstFrom } from './candle-range.ts';
import type { ChartInputs } from './chart-inputs.ts';
import { PRICE_PANE } from './chart-layout.ts';
import type { TimeRange } from './chart-view.ts';
import type { Extent } from './price-scale.ts';
import { volumeExtent } from './volume-domain.ts';

/** The lowest and highest visible values, without the candle that is not closed yet; null without values. */
export type VisibleExtents = {
  readonly prices: Extent | null;
  readonly volumes: Extent | null;
  /** Prices of alerts. */
  readonly alerts: Extent | null;
  /** Values of studies by pane, unless its axis has a fixed domain. */
  readonly studies: ReadonlyMap<string, Extent>;
  /** Closes of the compared coins, as multiples of the first visible close of each. */
  readonly compared: Extent | null;
};

/** The last result for each chart, which remains valid while only prices arrive. */
const known = new WeakMap<ChartInputs, { readonly range: TimeRange; readonly extents: VisibleExtents }>();

/** The values that the axes of a chart must contain for a range. */
export function visibleExtents(inputs: ChartInputs, range: TimeRange): VisibleExtents {
  const before = known.get(inputs);
  if (before !== undefined && before.range.from === range.from && before.range.to === range.to) {
    return before.extents;
  }
  const extents = measured(inputs, range);
  known.set(inputs, { range, extents });
  return extents;
}

function measured(inputs: ChartInputs, range: TimeRange): VisibleExtents {
  const { candles, intervalMs } = inputs;
  const first = firstFrom(candles, range.from - intervalMs + 1);
  const end = firstFrom(candles, range.to);
  return {
    prices: priceExtent(candles, first, end),
    volumes: volumeExtent(candles, first, end),
    alerts: alertExtent(inputs, range),
    studies: studyExtents(inputs, first, end),
    compared: comparedExtent(inputs, range),
  };
}

/** The lowest and the highest value that `addAll` adds; null without values. */
function extentOfAdded(addAll: (add: (value: number) => void) => void): Extent | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  addAll((value) => {
    if (value < low) low = value;
    if (value > high) high = value;
  });
  return low <= high ? [low, high] : null;
}

function priceExtent(candles: ChartInputs['candles'], first: number, end: number): Extent | null {
  return extentOfAdded((add) => {
    for (let index = first; index < end; index++) {
      const candle = candles[index];
      if (candle === undefined) continue;
      add(candle.low);
      add(candle.high);
    }
  });
}

function alertExtent({ alerts }: ChartInputs, { from, to }: TimeRange): Extent | null {
  return extentOfAdded((add) => {
    for (const { observedAt, price } of alerts.flatMap((mark) => mark.alerts)) {
      if (observedAt >= from && observedAt <= to) add(price);
    }
  });
}

function studyExtents({ studies }: ChartInputs, first: number, end: number): ReadonlyMap<string, Extent> {
  const extents = new Map<string, Extent>();
  const measured = studies.filter(({ fixedDomain }) => fixedDomain === null);
  for (const pane of new Set(measured.map((study) => study.pane))) {
    const extent = extentOfAdded((add) => {
      for (const { lines, values } of measured.filter((study) => study.pane === pane)) {
        for (const [line, numbers] of values.entries()) {
          // Bars begin at zero.
          if (lines[line]?.style === 'bars') add(0);
          for (let index = first; index < end; index++) {
            const value = numbers[index] ?? Number.NaN;
            // Prices are positive. NaN, which is neither lower nor higher than a number, has no effect.
            if (value > 0 || pane !== PRICE_PANE) add(value);
          }
        }
      }
    });
    if (extent !== null) extents.set(pane, extent);
  }
  return extents;
}

function comparedExtent({ compared, intervalMs }: ChartInputs, { from, to }: TimeRange): Extent | null {
  return extentOfAdded((add) => {
    for (const { starts, closes } of compared) {
      const begin = firstAt(starts, from - intervalMs + 1);
      const base = closes[begin];
      if (base === undefined) continue;
      const beyond = firstAt(starts, to);
      for (let index = begin; index < beyond; index++) add((closes[index] ?? base) / base);
    }
  });
}
