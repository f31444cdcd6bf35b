import { firstAt, firstFrom } from './candle-range.ts';
import type { ChartInputs } from './chart-inputs.ts';
import { PRICE_PANE } from './chart-layout.ts';
import type { TimeRange } from './chart-view.ts';
import type { Extent } from './price-scale.ts';
import { volumeExtent } from './volume-domain.ts';

/** Lowest and highest of what is in sight, beside the candle that is not closed yet; null where there is none. */
export type SightExtents = {
  readonly prices: Extent | null;
  readonly volumes: Extent | null;
  /** Prices of alerts. */
  readonly alerts: Extent | null;
  /** Values of studies by pane, where the axis has no fixed ends. */
  readonly studies: ReadonlyMap<string, Extent>;
  /** Closes of the compared coins, each as a multiple of its first one. */
  readonly compared: Extent | null;
};

/** Of each chart the last ones: while nothing but prices come, they stay as they are. */
const known = new WeakMap<ChartInputs, { readonly range: TimeRange; readonly extents: SightExtents }>();

/** What the axes of a chart have to hold for a stretch of time. */
export function extentsInSight(inputs: ChartInputs, range: TimeRange): SightExtents {
  const before = known.get(inputs);
  if (before !== undefined && before.range.from === range.from && before.range.to === range.to) {
    return before.extents;
  }
  const extents = measured(inputs, range);
  known.set(inputs, { range, extents });
  return extents;
}

function measured(inputs: ChartInputs, range: TimeRange): SightExtents {
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

/** Lowest and highest of the values that `each` passes on; null when there are none. */
function extentOfEach(each: (take: (value: number) => void) => void): Extent | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  each((value) => {
    if (value < low) low = value;
    if (value > high) high = value;
  });
  return low <= high ? [low, high] : null;
}

function priceExtent(candles: ChartInputs['candles'], first: number, end: number): Extent | null {
  return extentOfEach((take) => {
    for (let index = first; index < end; index++) {
      const candle = candles[index];
      if (candle === undefined) continue;
      take(candle.low);
      take(candle.high);
    }
  });
}

function alertExtent({ alerts }: ChartInputs, { from, to }: TimeRange): Extent | null {
  return extentOfEach((take) => {
    for (const { observedAt, price } of alerts.flatMap((mark) => mark.alerts)) {
      if (observedAt >= from && observedAt <= to) take(price);
    }
  });
}

function studyExtents({ studies }: ChartInputs, first: number, end: number): ReadonlyMap<string, Extent> {
  const extents = new Map<string, Extent>();
  const measured = studies.filter(({ fixedDomain }) => fixedDomain === null);
  for (const pane of new Set(measured.map((study) => study.pane))) {
    const extent = extentOfEach((take) => {
      for (const { lines, values } of measured.filter((study) => study.pane === pane)) {
        for (const [line, numbers] of values.entries()) {
          // They stand on zero.
          if (lines[line]?.style === 'bars') take(0);
          for (let index = first; index < end; index++) {
            const value = numbers[index] ?? Number.NaN;
            // No price is zero or less. NaN is neither lower nor higher than anything.
            if (value > 0 || pane !== PRICE_PANE) take(value);
          }
        }
      }
    });
    if (extent !== null) extents.set(pane, extent);
  }
  return extents;
}

function comparedExtent({ compared, intervalMs }: ChartInputs, { from, to }: TimeRange): Extent | null {
  return extentOfEach((take) => {
    for (const { starts, closes } of compared) {
      const begin = firstAt(starts, from - intervalMs + 1);
      const base = closes[begin];
      if (base === undefined) continue;
      const beyond = firstAt(starts, to);
      for (let index = begin; index < beyond; index++) take((closes[index] ?? base) / base);
    }
  });
}
