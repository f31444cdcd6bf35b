import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFling } from './fling.ts';

/** A drag at a constant speed, with a move every 10 ms, and the time of its end. */
function drag(pxPerMs: number, moves: number) {
  const fling = createFling();
  fling.begin(0, 0);
  for (let move = 1; move <= moves; move++) fling.move(move * 10 * pxPerMs, move * 10);
  return { fling, end: moves * 10 };
}
const speeds = fc.double({ min: 0.1, max: 5, noNaN: true });

describe('a chart that is released while it is moved', () => {
  it('continues at the speed of the drag, and slows down until it stops', () => {
    fc.assert(
      fc.property(speeds, fc.boolean(), fc.integer({ min: 3, max: 40 }), (speed, isLeft, moves) => {
        const { fling, end } = drag(isLeft ? -speed : speed, moves);
        const speedAt = fling.end(end);
        expect(speedAt(0)).toBeCloseTo(isLeft ? -speed : speed, 6);
        let before = Math.abs(speedAt(0));
        for (let ms = 16; ms < 3_000; ms += 16) {
          const now = Math.abs(speedAt(ms));
          expect(now === 0 || now < before).toBe(true);
          expect(now === 0 || speedAt(ms) < 0 === isLeft).toBe(true);
          before = now;
        }
        expect(speedAt(3_000)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('does not move if the pointer had stopped before, or had not moved', () => {
    const { fling, end } = drag(2, 20);
    expect(fling.end(end + 200)(0)).toBe(0);
    const pressed = createFling();
    pressed.begin(100, 0);
    expect(pressed.end(5)(0)).toBe(0);
  });

  it('has a limited speed, however fast the drag was', () => {
    const { fling, end } = drag(400, 5);
    expect(fling.end(end)(0)).toBe(6);
  });
});
