import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketStart, type Interval, intervalLengthMs, intervalSchema, isOfDays } from './interval.ts';

const DAY_MS = 86_400_000;
/** 1970 to 2100, and before the epoch. */
const instant = fc.integer({ min: -DAY_MS * 365, max: 130 * 365 * DAY_MS });
const interval = fc
  .tuple(fc.integer({ min: 1, max: 52 }), fc.constantFrom('m', 'h', 'd', 'w'))
  .map(([count, unit]): Interval => `${count}${unit as 'm'}`);

describe('an interval', () => {
  it('has buckets that follow each other without gap or overlap', () => {
    fc.assert(
      fc.property(interval, instant, (one, at) => {
        const start = bucketStart(at, one);
        expect(start).toBeLessThanOrEqual(at);
        expect(at - start).toBeLessThan(intervalLengthMs(one));
        expect(bucketStart(start, one)).toBe(start);
        expect(bucketStart(start - 1, one)).toBe(start - intervalLengthMs(one));
      }),
    );
  });

  it('of a week begins on Monday, 00:00 UTC', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const start = new Date(bucketStart(at, '1w'));
        expect(start.getUTCDay()).toBe(1);
        expect(start.getTime() % DAY_MS === 0).toBe(true);
      }),
    );
    // The last days of 2026 and the first of 2027 are one week.
    expect(bucketStart(Date.UTC(2027, 0, 3, 23, 59), '1w')).toBe(Date.UTC(2026, 11, 28));
    expect(bucketStart(Date.UTC(2027, 0, 4), '1w')).toBe(Date.UTC(2027, 0, 4));
  });

  it('can be any number of minutes, hours, days or weeks up to a year', () => {
    for (const good of ['1m', '45m', '90m', '6h', '3d', '1w', '52w', '366d'])
      expect(intervalSchema.safeParse(good).success, good).toBe(true);
    for (const bad of [
      '',
      '0m',
      '-1m',
      '1.5h',
      '01m',
      '1M',
      '1y',
      '53w',
      '367d',
      '9999999m',
      '1e3m',
      ' 1m',
      5,
    ])
      expect(intervalSchema.safeParse(bad).success, String(bad)).toBe(false);
    expect(() => intervalLengthMs('0m')).toThrow(RangeError);
  });

  it('is aligned with days if it consists of whole ones', () => {
    expect((['1d', '24h', '1440m', '3d', '1w'] as const).filter((one) => !isOfDays(one))).toEqual([]);
    expect((['1m', '23h', '25h', '36h'] as const).filter(isOfDays)).toEqual([]);
  });
});
