import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaledDomain, shiftedDomain } from './price-drag.ts';
import { valueScale } from './value-scale.ts';

const cases = fc.tuple(
  fc.constantFrom('linear' as const, 'log' as const),
  fc.boolean(),
  fc.integer({ min: -120, max: 120 }),
);

describe('a price axis that is dragged', () => {
  it('keeps its middle in place, and can be dragged back', () => {
    fc.assert(
      fc.property(cases, ([kind, isInverted, px]) => {
        const scale = valueScale([100, 200], isInverted ? 0 : 300, isInverted ? 300 : 0, kind);
        const domain = scaledDomain([100, 200], scale, px);
        const middle = scale.y(scale.value((scale.y(domain[0]) + scale.y(domain[1])) / 2));
        expect(middle).toBeCloseTo(150, 6);
        expect(domain[1] - domain[0] > 100).toBe(px > 0);
        const moved = valueScale(domain, isInverted ? 0 : 300, isInverted ? 300 : 0, kind);
        const back = scaledDomain(domain, moved, -px);
        expect(back[0]).toBeCloseTo(100, 6);
        expect(back[1]).toBeCloseTo(200, 6);
      }),
    );
  });

  it('stops at a limit beyond which labels would not fit, and can be dragged back from there', () => {
    fc.assert(
      fc.property(fc.constantFrom('linear' as const, 'log' as const), fc.boolean(), (kind, isOut) => {
        const step = isOut ? 90 : -90;
        const dragged = (domain: readonly [number, number], px: number) =>
          scaledDomain(domain, valueScale(domain, 300, 0, kind), px);
        let domain: readonly [number, number] = [100, 200];
        for (let drags = 0; drags < 200; drags++) domain = dragged(domain, step);
        expect(dragged(domain, step)).toBe(domain);
        const [low, high] = domain;
        expect((high - low) / Math.max(Math.abs(low), high)).toBeGreaterThanOrEqual(2e-4);
        expect(high).toBeLessThan(1e6);
        if (kind === 'log') expect(low).toBeGreaterThan(0);
        expect(dragged(domain, -step)).not.toBe(domain);
      }),
    );
  });

  it('moves every price by as many pixels as the pointer', () => {
    fc.assert(
      fc.property(cases, ([kind, isInverted, px]) => {
        const [lowY, highY] = isInverted ? [0, 300] : [300, 0];
        const scale = valueScale([100, 200], lowY, highY, kind);
        const moved = valueScale(shiftedDomain([100, 200], scale, px), lowY, highY, kind);
        for (const price of [110, 150, 190]) expect(moved.y(price)).toBeCloseTo(scale.y(price) + px, 6);
      }),
    );
  });
});
