import { useLayoutEffect } from 'react';
import type { ChartCore } from './model/chart-core.ts';

/** Elements that are moved with the chart instead of being drawn again. */
const MOVED = '[data-moves]';

/** Moves the marks in an element with the chart, until they are placed again. */
export function useMoving(core: ChartCore, element: () => HTMLElement | null): void {
  useLayoutEffect(() => {
    let marks: SVGElement | null = null;
    let shift = 0;
    return core.paint((scene) => {
      const placed = core.placed.get();
      if (marks?.isConnected !== true) {
        marks = element()?.querySelector<SVGElement>(MOVED) ?? null;
        shift = 0;
      }
      if (placed === null || marks === null) return;
      const px = scene.time.x(placed.range.from) - placed.plot.left;
      // Even without marks, a transform would cause a style recalculation and a layout.
      if (px === shift || (marks.childElementCount === 0 && px !== 0)) return;
      shift = px;
      marks.style.transform = px === 0 ? '' : `translateX(${px}px)`;
    });
  }, [core, element]);
}
