import { useLayoutEffect } from 'react';
import type { ChartCore } from './model/chart-core.ts';

/** What is moved along with the chart instead of being drawn again. */
const MOVED = '.recharts-xAxis, .recharts-xAxis-tick-labels, .recharts-cartesian-grid-vertical, [data-moves]';

/** Moves time axis, grid and marks below an element along with the chart, between two frames of the axes. */
export function useMoving(core: ChartCore, element: () => HTMLElement | null): void {
  useLayoutEffect(() => {
    let moved: readonly SVGElement[] = [];
    let shift = 0;
    const move = (px: number): void => {
      shift = px;
      for (const one of moved) one.style.transform = px === 0 ? '' : `translateX(${px}px)`;
    };
    const find = (): void => {
      moved = [...(element()?.querySelectorAll<SVGElement>(MOVED) ?? [])];
      move(shift);
    };
    const stopScales = core.scales.subscribe(find);
    const stopPainting = core.paint((scene) => {
      const scales = core.scales.get();
      if (scales === null) return;
      const px = scene.time.x(scales.range.from) - scales.fromX;
      if (moved.length === 0) find();
      if (px !== shift) move(px);
    });
    return () => {
      stopScales();
      stopPainting();
    };
  }, [core, element]);
}
