import type { TimeRange } from './chart-view.ts';

/** From an instant to a pixel, and back. */
export type TimeScale = {
  readonly x: (at: number) => number;
  readonly at: (x: number) => number;
  readonly pxPerMs: number;
};

/** The scale that maps the ends of a range to these pixels. */
export function timeScale({ from, to }: TimeRange, fromX: number, toX: number): TimeScale {
  const pxPerMs = (toX - fromX) / (to - from);
  return { pxPerMs, x: (at) => fromX + (at - from) * pxPerMs, at: (x) => from + (x - fromX) / pxPerMs };
}
