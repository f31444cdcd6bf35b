import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeScale } from './time-scale.ts';
import { valueScale } from './value-scale.ts';

const domains = fc
  .tuple(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.double({ min: 1.001, max: 1e3, noNaN: true }))
  .map(([low, ratio]) => [low, low * ratio] as const);
const kinds = fc.constantFrom('linear' as const, 'log' as const);
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('valueScale', () => {
  it('maps the ends of its domain to the ends of its range, even if it is inverted', () => {
    fc.assert(
      fc.property(domains, kinds, fc.boolean(), (domain, kind, isInverted) => {
        const [lowY, highY] = isInverted ? [10, 310] : [310, 10];
        const scale = valueScale(domain, lowY, highY, kind);
        expect(scale.y(domain[0])).toBeCloseTo(lowY, 6);
        expect(scale.y(domain[1])).toBeCloseTo(highY, 6);
      }),
    );
  });

  it('is invertible, and keeps the order of values', () => {
    fc.assert(
      fc.property(domains, kinds, share, share, (domain, kind, one, other) => {
        const scale = valueScale(domain, 300, 0, kind);
        const [low, high] = domain;
        const [a, b] = [low + (high - low) * Math.min(one, other), low + (high - low) * Math.max(one, other)];
        expect(Math.abs(scale.value(scale.y(a)) / a - 1)).toBeLessThan(1e-9);
        expect(scale.y(b)).toBeLessThanOrEqual(scale.y(a) + 1e-9);
      }),
    );
  });

  it('maps equal ratios to equal distances if it is logarithmic', () => {
    const { y } = valueScale([1, 1_000], 300, 0, 'log');
    expect(y(10)).toBeCloseTo(200, 9);
    expect(y(100)).toBeCloseTo(100, 9);
  });
});

describe('timeScale', () => {
  it('is invertible', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: 60_000, max: 1e11 }),
        share,
        (from, span, part) => {
          const scale = timeScale({ from, to: from + span }, 0, 1_000);
          const at = from + span * part;
          expect(Math.abs(scale.at(scale.x(at)) - at)).toBeLessThan(Math.max(1, span * 1e-9));
        },
      ),
    );
  });
});
