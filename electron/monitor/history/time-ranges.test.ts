import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, type TimeRange, within, without } from './time-ranges.ts';

const LAST = 40;
const range = fc
  .tuple(fc.integer({ min: 0, max: LAST }), fc.integer({ min: 0, max: LAST }))
  .map(([a, b]): TimeRange => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const ranges = fc.array(range, { maxLength: 8 });

/** Every instant of the ranges. */
function instantsOf(list: readonly TimeRange[]): Set<number> {
  return new Set(
    list.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)),
  );
}

function filtered(instants: Set<number>, keeps: (instant: number) => boolean): Set<number> {
  return new Set([...instants].filter(keeps));
}

function expectOrderedAndApart(list: readonly TimeRange[]): void {
  let last = Number.NEGATIVE_INFINITY;
  for (const { from, to } of list) {
    expect(from).toBeGreaterThan(last);
    expect(to).toBeGreaterThan(from);
    last = to;
  }
}

describe('time ranges', () => {
  it('contain the same instants when joined', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        expectOrderedAndApart(joined(list));
        expect(instantsOf(joined(list))).toEqual(instantsOf(list));
      }),
    );
  });

  it('lose exactly the subtracted instants', () => {
    fc.assert(
      fc.property(ranges, ranges, (list, removed) => {
        const left = without(list, removed);
        expectOrderedAndApart(left);
        expect(instantsOf(left)).toEqual(
          filtered(instantsOf(list), (instant) => !instantsOf(removed).has(instant)),
        );
      }),
    );
  });

  it('keep exactly the instants within bounds', () => {
    fc.assert(
      fc.property(ranges, range, (list, bounds) => {
        expect(instantsOf(within(list, bounds))).toEqual(
          filtered(instantsOf(list), (instant) => instantsOf([bounds]).has(instant)),
        );
      }),
    );
  });
});
