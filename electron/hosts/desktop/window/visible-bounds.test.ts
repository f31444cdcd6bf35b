import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bounds } from '../state/desktop-state.ts';
import { visibleBounds } from './visible-bounds.ts';

const LAPTOP: Bounds = { x: 0, y: 25, width: 1_440, height: 875 };
const MONITOR: Bounds = { x: 1_440, y: 0, width: 2_560, height: 1_440 };

describe('the bounds of a window', () => {
  it('are kept while the window can be seen and moved', () => {
    const bounds = { x: 1_600, y: 100, width: 1_180, height: 800 };
    expect(visibleBounds(bounds, [LAPTOP, MONITOR])).toEqual(bounds);
  });

  it('are kept when the window overlaps an edge and its title bar is reachable', () => {
    const bounds = { x: -700, y: 300, width: 1_180, height: 800 };
    expect(visibleBounds(bounds, [LAPTOP])).toEqual(bounds);
  });

  it('are moved from a disconnected display', () => {
    const bounds = { x: 2_500, y: 900, width: 1_180, height: 800 };
    expect(visibleBounds(bounds, [LAPTOP])).toEqual({ x: 260, y: 100, width: 1_180, height: 800 });
  });

  it('shrink to a smaller display', () => {
    const bounds = { x: 1_500, y: 0, width: 2_400, height: 1_400 };
    expect(visibleBounds(bounds, [LAPTOP])).toEqual(LAPTOP);
  });

  it('are moved down when the title bar is above the desktop', () => {
    const bounds = { x: 100, y: -200, width: 800, height: 600 };
    expect(visibleBounds(bounds, [LAPTOP])).toEqual({ ...bounds, y: 25 });
  });

  it('are reachable on a display, for any bounds and displays', () => {
    const place = fc.integer({ min: -10_000, max: 10_000 });
    const size = fc.integer({ min: 200, max: 6_000 });
    const rectangle = fc.record({ x: place, y: place, width: size, height: size });
    fc.assert(
      fc.property(rectangle, fc.array(rectangle, { minLength: 1, maxLength: 4 }), (bounds, displays) => {
        const placed = visibleBounds(bounds, displays);
        const isVisible = displays.some(
          (one) =>
            placed.y >= one.y &&
            placed.y < one.y + one.height &&
            placed.x < one.x + one.width &&
            placed.x + placed.width > one.x,
        );
        expect(isVisible).toBe(true);
        expect(visibleBounds(placed, displays)).toEqual(placed);
      }),
    );
  });
});
