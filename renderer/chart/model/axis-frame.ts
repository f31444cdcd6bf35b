import type { Candle } from '../../../shared/domain/candle.ts';
import { firstFrom } from './candle-range.ts';
import type { ChartInputs } from './chart-inputs.ts';
import { PRICE_PANE, VOLUME_PANE } from './chart-layout.ts';
import type { TimeRange } from './chart-view.ts';
import { logTicks } from './log-ticks.ts';
import { type Extent, niceStep, priceDomain, priceTicks, stepDecimals } from './price-scale.ts';
import type { ValueScaleKind } from './value-scale.ts';
import { volumeDomain, volumeExtent } from './volume-domain.ts';

/** The value axis of a pane. */
export type AxisFrame = {
  readonly id: string;
  readonly domain: Extent;
  readonly kind: ValueScaleKind;
  readonly isInverted: boolean;
  /** Empty where there is nothing to measure. */
  readonly ticks: readonly number[];
  /** Of the labels; negative for tens, hundreds and so on. */
  readonly decimals: number;
  readonly unit: 'price' | 'percent' | 'volume' | 'number';
  readonly percentBase: number;
};

export type AxisContext = {
  readonly inputs: ChartInputs;
  readonly live: Candle | null;
  /** In sight. */
  readonly range: TimeRange;
  /** Chosen by dragging the price axis; null lets it follow the prices in sight. */
  readonly priceRange: Extent | null;
  readonly percentBase: number;
};

const PX_PER_TICK = 44;
/** An axis that is moved along is kept while what is in sight fills at least this share of it. */
const LEAST_FILL = 0.6;
/** Of the height of the candles, for studies above them, and as much below. */
const MOST_BESIDE = 0.5;
/** Of the price: candles that do not move still have some height. */
const LEAST_SPAN = 2e-3;
/** Recharts wants a domain also where there is nothing to measure. */
const NO_DOMAIN: Extent = [0, 1];

/** The axis of the prices in sight, or `before` while it still fits. */
export function priceAxisFrame(context: AxisContext, before: AxisFrame | undefined): AxisFrame {
  const { inputs, percentBase, priceRange: chosen } = context;
  const { mode, isInverted } = inputs.priceAxis;
  const kind = mode === 'log' ? 'log' : 'linear';
  const extent = priceExtent(context);
  const unit = mode === 'percent' ? 'percent' : 'price';
  if (extent === null) {
    return {
      id: PRICE_PANE,
      domain: NO_DOMAIN,
      kind: 'linear',
      isInverted,
      ticks: [],
      decimals: 0,
      unit,
      percentBase,
    };
  }
  if (chosen === null && before !== undefined && before.kind === kind && stillFits(before.domain, extent)) {
    return before;
  }
  const domain = above(chosen ?? (kind === 'log' ? logDomain(extent) : priceDomain(extent)), extent, kind);
  const height = inputs.layout.panes.find(({ id }) => id === PRICE_PANE)?.height ?? 0;
  const most = height / PX_PER_TICK;
  const frame = { id: PRICE_PANE, domain, kind, isInverted, unit, percentBase } as const;
  if (unit === 'percent') {
    const { ticks, step } = priceTicks(
      [(domain[0] / percentBase - 1) * 100, (domain[1] / percentBase - 1) * 100],
      most,
    );
    const prices = ticks.map((pct) => percentBase * (1 + pct / 100));
    return { ...frame, ticks: prices, decimals: Math.max(0, stepDecimals(step)) };
  }
  const { ticks, step } = kind === 'log' ? logTicks(domain, most) : priceTicks(domain, most);
  return { ...frame, ticks, decimals: stepDecimals(step) };
}

function stillFits([low, high]: Extent, extent: Extent): boolean {
  return low <= extent[0] && high >= extent[1] && extent[1] - extent[0] >= (high - low) * LEAST_FILL;
}

/** A logarithm has no zero. */
function above([low, high]: Extent, extent: Extent, kind: ValueScaleKind): Extent {
  return kind === 'log' && low <= 0 ? [extent[0] / 2, high] : [low, high];
}

function logDomain([low, high]: Extent): Extent {
  const air = Math.max((high / low) ** 0.04, 1.001);
  return [low / air, high * air];
}

/** Lowest and highest price of candles, studies and alerts in sight; null when there is none. */
function priceExtent({ inputs, live, range, percentBase }: AxisContext): Extent | null {
  const { candles, intervalMs, studies, alerts, compared } = inputs;
  const first = firstFrom(candles, range.from - intervalMs + 1);
  const end = firstFrom(candles, range.to);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const take = (value: number): void => {
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (let index = first; index < end; index++) {
    const candle = candles[index];
    if (candle === undefined) continue;
    if (candle.low < low) low = candle.low;
    if (candle.high > high) high = candle.high;
  }
  if (live !== null && live.start < range.to && live.start + intervalMs > range.from) {
    take(live.low);
    take(live.high);
  }
  if (low > high) return null;
  // What is far away from the prices must not press them flat: it may take as much room on each side as half of theirs.
  const room = Math.max(high - low, high * LEAST_SPAN) * MOST_BESIDE;
  const [lowest, highest] = [low - room, high + room];
  for (const { observedAt, price } of alerts.flatMap((mark) => mark.alerts)) {
    if (observedAt >= range.from && observedAt <= range.to) take(price);
  }
  for (const { pane, values } of studies) {
    if (pane !== PRICE_PANE) continue;
    for (const line of values) {
      for (let index = first; index < end; index++) {
        const value = line[index];
        if (value !== undefined && value > 0) take(Math.min(highest, Math.max(lowest, value)));
      }
    }
  }
  for (const { starts, closes } of compared) {
    const begin = firstAt(starts, range.from - intervalMs + 1);
    const base = closes[begin];
    if (base === undefined) continue;
    const beyond = firstAt(starts, range.to);
    for (let index = begin; index < beyond; index++) {
      take(((closes[index] ?? base) / base) * percentBase);
    }
  }
  return [low, high];
}

/** Index of the first start at or after `at`. */
export function firstAt(starts: Float64Array, at: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Number.POSITIVE_INFINITY) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The axis of the volume pane, with its highest value alone as a mark. */
export function volumeAxisFrame(
  { inputs, live, range }: AxisContext,
  before: AxisFrame | undefined,
): AxisFrame {
  const { candles, intervalMs, volumeKind } = inputs;
  const kind = volumeKind ?? 'traded';
  const first = firstFrom(candles, range.from - intervalMs + 1);
  const closed = volumeExtent(candles, first, firstFrom(candles, range.to));
  const ofLive = live?.volume ?? null;
  const extent =
    ofLive === null
      ? closed
      : ([Math.min(closed?.[0] ?? ofLive, ofLive), Math.max(closed?.[1] ?? 0, ofLive)] as const);
  if (before !== undefined && extent !== null && kind === 'traded') {
    const top = before.domain[1];
    if (before.domain[0] === 0 && extent[1] <= top && extent[1] >= top * LEAST_FILL) return before;
  }
  const domain = volumeDomain(extent, kind);
  const step = niceStep((domain[1] - domain[0]) / 2);
  const top = Math.floor(domain[1] / step + 1e-9) * step;
  const ticks = extent === null || top <= domain[0] ? [] : [top];
  return {
    id: VOLUME_PANE,
    domain,
    kind: 'linear',
    isInverted: false,
    ticks,
    decimals: 0,
    unit: 'volume',
    percentBase: 1,
  };
}

/** The axis of a pane of studies: their own ends, or around the values in sight. */
export function axisOfStudies(id: string, context: AxisContext, before: AxisFrame | undefined): AxisFrame {
  const { candles, intervalMs, studies, layout } = context.inputs;
  const ours = studies.filter(({ pane }) => pane === id);
  const fixed = ours.find(({ fixedDomain }) => fixedDomain !== null)?.fixedDomain ?? null;
  const frame = { id, kind: 'linear', isInverted: false, unit: 'number', percentBase: 1 } as const;
  if (fixed !== null) {
    const levels = ours.flatMap((study) => study.levels);
    return { ...frame, domain: fixed, ticks: levels, decimals: 0 };
  }
  const first = firstFrom(candles, context.range.from - intervalMs + 1);
  const end = firstFrom(candles, context.range.to);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { lines, values } of ours) {
    for (const [line, numbers] of values.entries()) {
      if (lines[line]?.style === 'bars') {
        low = Math.min(low, 0);
        high = Math.max(high, 0);
      }
      for (let index = first; index < end; index++) {
        const value = numbers[index];
        if (value === undefined || Number.isNaN(value)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  if (!(low <= high)) return { ...frame, domain: NO_DOMAIN, ticks: [], decimals: 0 };
  if (before !== undefined && stillFits(before.domain, [low, high])) return before;
  const span = Math.max(high - low, Math.abs(high) * 1e-3, 1e-12);
  const middle = (low + high) / 2;
  const domain: Extent = [middle - span * 0.55, middle + span * 0.55];
  const height = layout.panes.find((pane) => pane.id === id)?.height ?? 0;
  const { ticks, step } = priceTicks(domain, Math.min(3, height / PX_PER_TICK));
  return { ...frame, domain, ticks, decimals: stepDecimals(step) };
}
