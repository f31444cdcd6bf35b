import { type RefObject, useRef } from 'react';
import type { Observable } from '../observable/observable.ts';
import type { HoverPoint } from './layers/crosshair.tsx';
import type { ChartCore } from './model/chart-core.ts';
import type { ChartInputs } from './model/chart-inputs.ts';
import { viewAfterKey } from './model/chart-keys.ts';
import { PRICE_PANE } from './model/chart-layout.ts';
import { type ChartView, PRESENT_BARS, panned, visibleRange, zoomed } from './model/chart-view.ts';
import { scaledDomain, shiftedDomain } from './model/price-drag.ts';
import { valueScale } from './model/value-scale.ts';
import { type Point, useChartGestures } from './use-chart-gestures.ts';

type Motion = {
  readonly core: ChartCore;
  readonly inputs: ChartInputs;
  readonly element: RefObject<HTMLElement | null>;
  readonly hover: Observable<HoverPoint | null> & { set(point: HoverPoint | null): void };
  readonly loadOlder: (() => void) | null;
  readonly onMark: (phase: 'begin' | 'move' | 'end', point: Point, isShift: boolean) => boolean;
};

/** The effect of pointer and keys on the visible time and price ranges of a chart. */
export function useChartMotion(motion: Motion) {
  const { core, inputs, element, hover, loadOlder, onMark } = motion;
  const { viewFrame, intervalMs, layout, candles } = inputs;
  const { plotWidth } = layout;
  const isCrosshairOfKeys = useRef(false);

  const move = (change: (view: ChartView) => ChartView): void => {
    core.setView(change(core.view.get()), true);
    const range = visibleRange(core.view.get(), viewFrame);
    if (range.from < (candles[0]?.start ?? Number.NEGATIVE_INFINITY)) loadOlder?.();
  };
  const pan = (bars: number): void => move((view) => panned(view, bars, viewFrame));
  const barsIn = (px: number): number => {
    const range = visibleRange(core.view.get(), viewFrame);
    return ((px / plotWidth) * (range.to - range.from)) / intervalMs;
  };
  const dragPrice = (drag: typeof scaledDomain, downPx: number): void => {
    const pane = core.scene()?.panes.get(PRICE_PANE);
    if (pane === undefined || pane.axis.ticks.length === 0) return;
    const [from, to] = pane.axis.domain;
    const range = core.priceRange.get();
    // Several moves may occur before the first is drawn. A logarithmic axis cannot show prices below zero.
    const domain = range === null || (pane.kind === 'log' && range[0] <= 0) ? pane.axis.domain : range;
    const [low, high] = drag(domain, valueScale(domain, pane.y(from), pane.y(to), pane.kind), downPx);
    if (high > low && Number.isFinite(high)) core.setPriceRange([low, high], true);
  };

  useChartGestures(element, {
    zoneOf: ({ x, y }) => {
      const bottom = core.scene()?.plot.bottom ?? layout.height;
      return x > plotWidth ? 'price-axis' : y > bottom ? 'time-axis' : 'plot';
    },
    onPan(px, downPx) {
      pan(-barsIn(px));
      // Only a chosen price range follows a vertical drag; an axis that follows the prices would jump back.
      if (core.priceRange.get() !== null && downPx !== 0) dragPrice(shiftedDomain, downPx);
    },
    onZoom: (factor, x) => move((view) => zoomed(view, factor, Math.min(1, x / plotWidth), viewFrame)),
    onScale: (downPx) => dragPrice(scaledDomain, downPx),
    onDoubleClick: ({ x }) => {
      if (x > plotWidth) core.setPriceRange(null, false);
    },
    onHover(point) {
      isCrosshairOfKeys.current = false;
      hover.set(point);
    },
    onMark,
  });

  /** Moves the crosshair by a number of candles. At an edge, it moves the chart instead. */
  const stepCrosshair = (step: number): void => {
    const scene = core.scene();
    const pane = scene?.panes.get(PRICE_PANE);
    if (scene === null || pane === undefined) return;
    const point = hover.get();
    const y = point?.y ?? (pane.top + pane.bottom) / 2;
    const at = point === null ? scene.range.to - 4 * scene.intervalMs : scene.time.at(point.x);
    const next = at + step * scene.intervalMs;
    const isVisible = next >= scene.range.from && next < scene.range.to;
    // The chart is not moved beyond the newest candle.
    if (!isVisible && (step < 0 || scene.live === null)) pan(step);
    isCrosshairOfKeys.current = true;
    hover.set({ x: isVisible || point === null ? scene.time.x(next) : point.x, y });
  };

  /** Handles a key, and returns whether it had an effect. */
  const onKey = (key: string, isShift: boolean): boolean => {
    if (isShift && (key === 'ArrowLeft' || key === 'ArrowRight')) {
      stepCrosshair(key === 'ArrowLeft' ? -1 : 1);
      return true;
    }
    if (key === 'Escape' && isCrosshairOfKeys.current) {
      isCrosshairOfKeys.current = false;
      hover.set(null);
      return true;
    }
    const next = viewAfterKey(key, core.view.get(), viewFrame);
    if (next === null) return false;
    move(() => next);
    return true;
  };

  /** Moves a candle to the right edge, with the margin that the newest one has there. */
  const goTo = (start: number): void => {
    const { to } = visibleRange(core.view.get(), viewFrame);
    pan((start - to) / intervalMs + PRESENT_BARS);
  };

  return { goTo, onKey };
}
