import type { Candle } from '../../../shared/domain/candle.ts';
import type { ChartInputs } from './chart-inputs.ts';
import { PRICE_PANE, VOLUME_PANE } from './chart-layout.ts';
import type { TimeRange } from './chart-view.ts';
import { logTicks } from './log-ticks.ts';
import { type Extent, niceStep, priceDomain, priceTicks, stepDecimals } from './price-scale.ts';
import type { ValueScaleKind } from './value-scale.ts';
import { visibleExtents } from './visible-extents.ts';
import { volumeDomain } from './volume-domain.ts';

/** The value axis of a pane. */
export type AxisFrame = {
  readonly id: string;
  readonly domain: Extent;
  readonly kind: ValueScaleKind;
  readonly isInverted: boolean;
  /** Empty if there are no values. */
  readonly ticks: readonly number[];
  /** The decimals of the labels; negative for tens, hundreds and so on. */
  readonly decimals: number;
  readonly unit: 'price' | 'percent' | 'volume' | 'number';
  readonly percentBase: number;
};

export type AxisContext = {
  readonly inputs: ChartInputs;
  readonly live: Candle | null;
  /** The visible range. */
  readonly range: TimeRange;
  /** Chosen by dragging the price axis; null if the axis follows the visible prices. */
  readonly priceRange: Extent | null;
  readonly percentBase: number;
};

const PX_PER_TICK = 44;
/** While the chart is moved, an axis is kept as long as the visible values fill at least this share of it. */
const MIN_FILL = 0.6;
/** The share of the candles' height by which studies may extend the axis above them, and as much below. */
const MAX_BESIDE = 0.5;
/** The minimum span, as a share of the price, if the price is constant. */
const MIN_SPAN = 2e-3;
/** Recharts needs a domain even if there are no values. */
const NO_DOMAIN: Extent = [0, 1];

/** The axis of the visible prices, or `before` while it still fits. */
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
  const maxTicks = height / PX_PER_TICK;
  const frame = { id: PRICE_PANE, domain, kind, isInverted, unit, percentBase } as const;
  if (unit === 'percent') {
    const { ticks, step } = priceTicks(
      [(domain[0] / percentBase - 1) * 100, (domain[1] / percentBase - 1) * 100],
      maxTicks,
    );
    const prices = ticks.map((pct) => percentBase * (1 + pct / 100));
    return { ...frame, ticks: prices, decimals: Math.max(0, stepDecimals(step)) };
  }
  const { ticks, step } = kind === 'log' ? logTicks(domain, maxTicks) : priceTicks(domain, maxTicks);
  return { ...frame, ticks, decimals: stepDecimals(step) };
}

function stillFits([low, high]: Extent, extent: Extent): boolean {
  return low <= extent[0] && high >= extent[1] && extent[1] - extent[0] >= (high - low) * MIN_FILL;
}

/** The domain of a logarithmic axis must be above zero. */
function above([low, high]: Extent, extent: Extent, kind: ValueScaleKind): Extent {
  return kind === 'log' && low <= 0 ? [extent[0] / 2, high] : [low, high];
}

function logDomain([low, high]: Extent): Extent {
  const padding = Math.max((high / low) ** 0.04, 1.001);
  return [low / padding, high * padding];
}

/** The lowest and the highest visible price of candles, studies and alerts; null if there is none. */
function priceExtent(context: AxisContext): Extent | null {
  const { prices, alerts, studies, compared } = visibleExtents(context.inputs, context.range);
  const live = visibleLive(context);
  const ofCandles = around(prices, live && [live.low, live.high]);
  if (ofCandles === null) return null;
  const [low, high] = ofCandles;
  // Distant studies must not flatten the candles: they extend the axis by at most half the candles' height on each side.
  const room = Math.max(high - low, high * MIN_SPAN) * MAX_BESIDE;
  const near = (value: number): number => Math.min(high + room, Math.max(low - room, value));
  const ofStudies = studies.get(PRICE_PANE);
  const beside: readonly (Extent | null)[] = [
    alerts,
    ofStudies === undefined ? null : [near(ofStudies[0]), near(ofStudies[1])],
    compared && [compared[0] * context.percentBase, compared[1] * context.percentBase],
  ];
  return beside.reduce(around, ofCandles);
}

/** The candle that is not closed yet; null if it is not visible. */
function visibleLive({ inputs, live, range }: AxisContext): Candle | null {
  const isVisible = live !== null && live.start < range.to && live.start + inputs.intervalMs > range.from;
  return isVisible ? live : null;
}

/** The smallest extent that contains both. */
function around(one: Extent | null, other: Extent | null): Extent | null {
  if (one === null || other === null) return one ?? other;
  return [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
}

/** The axis of the volume pane, whose only tick is its highest round value. */
export function volumeAxisFrame(context: AxisContext, before: AxisFrame | undefined): AxisFrame {
  const { inputs, range } = context;
  const kind = inputs.volumeKind ?? 'traded';
  const ofLive = visibleLive(context)?.volume ?? null;
  const extent = around(visibleExtents(inputs, range).volumes, ofLive === null ? null : [ofLive, ofLive]);
  if (before !== undefined && extent !== null && kind === 'traded') {
    const top = before.domain[1];
    if (before.domain[0] === 0 && extent[1] <= top && extent[1] >= top * MIN_FILL) return before;
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

/** The axis of a pane of studies: their fixed domain, or around the visible values. */
export function axisOfStudies(id: string, context: AxisContext, before: AxisFrame | undefined): AxisFrame {
  const { studies, layout } = context.inputs;
  const ours = studies.filter(({ pane }) => pane === id);
  const fixed = ours.find(({ fixedDomain }) => fixedDomain !== null)?.fixedDomain ?? null;
  const frame = { id, kind: 'linear', isInverted: false, unit: 'number', percentBase: 1 } as const;
  if (fixed !== null) {
    const levels = ours.flatMap((study) => study.levels);
    return { ...frame, domain: fixed, ticks: levels, decimals: 0 };
  }
  const extent = visibleExtents(context.inputs, context.range).studies.get(id);
  if (extent === undefined) return { ...frame, domain: NO_DOMAIN, ticks: [], decimals: 0 };
  if (before !== undefined && stillFits(before.domain, extent)) return before;
  const [low, high] = extent;
  const span = Math.max(high - low, Math.abs(high) * 1e-3, 1e-12);
  const middle = (low + high) / 2;
  const domain: Extent = [middle - span * 0.55, middle + span * 0.55];
  const height = layout.panes.find((pane) => pane.id === id)?.height ?? 0;
  const { ticks, step } = priceTicks(domain, Math.min(3, height / PX_PER_TICK));
  return { ...frame, domain, ticks, decimals: stepDecimals(step) };
}
