import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monthAfter, monthName, monthOf, monthsBetween } from './partition-month.ts';

const instant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2100, 0, 1) });

describe('a month', () => {
  it('contains its instants, and the next one begins where it ends', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const month = monthOf(at);
        expect(month.from <= at && at < month.to).toBe(true);
        expect(monthOf(month.to)).toEqual(monthAfter(at, 1));
        expect(monthOf(month.from - 1)).toEqual(monthAfter(at, -1));
      }),
    );
  });

  it('is listed once with all others between two instants', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 400 * 86_400_000 }), (from, length) => {
        const months = monthsBetween(from, from + length);
        expect(months[0]).toEqual(monthOf(from));
        expect(months.at(-1)).toEqual(monthOf(from + length));
        expect(months.slice(1).every((month, index) => month.from === months[index]?.to)).toBe(true);
      }),
    );
    expect(monthsBetween(5, 4)).toEqual([monthOf(5)]);
    expect(monthsBetween(Date.UTC(2026, 1, 1), Date.UTC(2026, 0, 1))).toEqual([]);
  });

  it('has a name that sorts by time', () => {
    expect(monthName(monthOf(Date.UTC(2024, 1, 29, 23, 59, 59, 999)))).toBe('2024_02');
    expect(monthName(monthAfter(Date.UTC(2026, 11, 31), 1))).toBe('2027_01');
  });
});
