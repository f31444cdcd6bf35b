import type { Bounds } from '../state/desktop-state.ts';

/** The work area of a display: without its panels. */
export type WorkArea = Bounds;

/** The minimum part of the title bar that the mouse must be able to reach. */
const MIN_VISIBLE = { width: 120, height: 32 };

/**
 * The bounds at which a window can be seen and moved: unchanged while enough of the top edge is on a display, otherwise moved
 * onto the display that they overlap most or are nearest to, and shrunk if that display is smaller.
 *
 * @param displays at least one
 */
export function visibleBounds(bounds: Bounds, displays: readonly WorkArea[]): Bounds {
  if (displays.some((display) => isReachable(bounds, display) && fits(bounds, display))) return bounds;
  const home = displays.toSorted(
    (a, b) => overlap(bounds, b) - overlap(bounds, a) || distance(bounds, a) - distance(bounds, b),
  )[0];
  if (home === undefined) return bounds;
  const width = Math.min(bounds.width, home.width);
  const height = Math.min(bounds.height, home.height);
  return {
    x: clamp(bounds.x, home.x, home.x + home.width - width),
    y: clamp(bounds.y, home.y, home.y + home.height - height),
    width,
    height,
  };
}

function isReachable(bounds: Bounds, display: WorkArea): boolean {
  const visibleWidth =
    Math.min(bounds.x + bounds.width, display.x + display.width) - Math.max(bounds.x, display.x);
  return (
    visibleWidth >= Math.min(MIN_VISIBLE.width, bounds.width) &&
    bounds.y >= display.y &&
    bounds.y + MIN_VISIBLE.height <= display.y + display.height
  );
}

const fits = (bounds: Bounds, display: WorkArea): boolean =>
  bounds.width <= display.width && bounds.height <= display.height;

function overlap(a: Bounds, b: Bounds): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

function distance(a: Bounds, b: Bounds): number {
  return Math.hypot(a.x + a.width / 2 - (b.x + b.width / 2), a.y + a.height / 2 - (b.y + b.height / 2));
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));
