import { type RefObject, useCallback } from 'react';
import type { Observable } from '../observable/observable.ts';
import type { HoverPoint } from './layers/crosshair.tsx';
import type { ChartCore } from './model/chart-core.ts';
import type { ChartInputs } from './model/chart-inputs.ts';
import { viewAfterKey } from './model/chart-keys.ts';
import { PRICE_PANE } from './model/chart-layout.ts';
import { type ChartView, PRESENT_BARS, panned, visibleRange, zoomed } from './model/chart-view.ts';
import { scaledDomain, shiftedDomain } from './model/price-drag.ts';
import type { Extent } from './model/price-scale.ts';
import { type Point, useChartGestures } from './use-chart-gestures.ts';

type Motion = {
  readonly core: ChartCore;
  readonly inputs: ChartInputs;
  readonly element: RefObject<HTMLElement | null>;
  readonly hover: Observable<HoverPoint | null> & { set(point: HoverPoint | null): void };
  readonly priceRange: Extent | null;
  readonly setPriceRange: (range: Extent | null) => void;
  readonly loadOlder: (() => void) | null;
  readonly onMark: (phase: 'begin' | 'move' | 'end', point: Point, isShift: boolean) => boolean;
};

/** The effect of pointer and keys on the ranges of time and price that a chart shows. */
export function useChartMotion(motion: Motion) {
  const { core, inputs, element, hover, priceRange, setPriceRange, loadOlder, onMark } = motion;
  const { viewFrame, intervalMs, layout, candles } = inputs;
  const { plotWidth } = layout;

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
    const [low, high] = drag(pane.axis.domain, pane, downPx);
    if (high > low && Number.isFinite(high)) setPriceRange([low, high]);
  };

  useChartGestures(element, {
    zoneOf: ({ x, y }) => {
      const bottom = core.scene()?.plot.bottom ?? layout.height;
      return x > plotWidth ? 'price-axis' : y > bottom ? 'time-axis' : 'plot';
    },
    onPan(px, downPx) {
      pan(-barsIn(px));
      // Only an axis that the user has moved follows a vertical drag: one that follows the prices would jump back.
      if (priceRange !== null && downPx !== 0) dragPrice(shiftedDomain, downPx);
    },
    onZoom: (factor, x) => move((view) => zoomed(view, factor, Math.min(1, x / plotWidth), viewFrame)),
    onScale: (downPx) => dragPrice(scaledDomain, downPx),
    onDoubleClick: ({ x }) => {
      if (x > plotWidth) setPriceRange(null);
    },
    onHover: hover.set,
    onMark,
  });

  /** Moves the crosshair by the given number of candles, to the middle of the prices. Returns the candle's start. */
  const stepCrosshair = useCallback(
    (step: number): void => {
      const scene = core.scene();
      const pane = scene?.panes.get(PRICE_PANE);
      if (scene === null || pane === undefined) return;
      const point = hover.get();
      const at = point === null ? scene.range.to - 4 * scene.intervalMs : scene.time.at(point.x);
      const start = Math.min(Math.max(at + step * scene.intervalMs, scene.range.from), scene.range.to - 1);
      hover.set({ x: scene.time.x(start), y: point?.y ?? (pane.top + pane.bottom) / 2 });
    },
    [core, hover],
  );

  /** Whether the key moved anything. */
  const onKey = (key: string, isShift: boolean): boolean => {
    if (isShift && (key === 'ArrowLeft' || key === 'ArrowRight')) {
      stepCrosshair(key === 'ArrowLeft' ? -1 : 1);
      return true;
    }
    const next = viewAfterKey(key, core.view.get(), viewFrame);
    if (next === null) return false;
    move(() => next);
    return true;
  };

  /** Puts a candle at the right edge, with the room that the newest one has there. */
  const goTo = (start: number): void => {
    const { to } = visibleRange(core.view.get(), viewFrame);
    pan((start - to) / intervalMs + PRESENT_BARS);
  };

  return { goTo, onKey };
}
