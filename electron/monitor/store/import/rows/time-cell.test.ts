import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeOfCell } from './time-cell.ts';

/** A time from 2009 to 2100, in microseconds since the epoch. */
const instant = fc.integer({ min: Date.UTC(2009, 0) * 1_000, max: Date.UTC(2100, 0) * 1_000 });

const digits = (number: number, width: number): string => String(number).padStart(width, '0');

describe('the time of a cell', () => {
  it('is the same in any unit', () => {
    fc.assert(
      fc.property(instant, (us) => {
        const [ms, s] = [Math.floor(us / 1_000), Math.floor(us / 1_000_000)];
        expect(timeOfCell(String(us))).toEqual({ us, unit: 'us' });
        expect(timeOfCell(us)).toEqual({ us, unit: 'us' });
        expect(timeOfCell(`${us}999`)).toEqual({ us, unit: 'ns' });
        expect(timeOfCell(BigInt(us) * 1_000n)).toEqual({ us, unit: 'ns' });
        expect(timeOfCell(String(ms))).toEqual({ us: ms * 1_000, unit: 'ms' });
        expect(timeOfCell(`${ms}.${digits(us % 1_000, 3)}`)).toEqual({ us, unit: 'ms' });
        expect(timeOfCell(us / 1_000)).toEqual({ us, unit: 'ms' });
        expect(timeOfCell(String(s))).toEqual({ us: s * 1_000_000, unit: 's' });
        expect(timeOfCell(`${s}.${digits(us % 1_000_000, 6)}`)).toEqual({ us, unit: 's' });
        const iso = new Date(ms).toISOString();
        const exact = iso.replace('Z', `${digits(us % 1_000, 3)}Z`);
        expect(timeOfCell(exact)).toEqual({ us, unit: 'iso' });
        expect(timeOfCell(exact.replace('Z', '+00:00'))).toEqual({ us, unit: 'iso' });
      }),
    );
  });

  it('is in UTC without a time zone, and respects any zone', () => {
    const us = Date.UTC(2024, 1, 29, 12) * 1_000;
    for (const text of [
      '2024-02-29T12:00:00Z',
      '2024-02-29 12:00:00',
      ' 2024-02-29 12:00 ',
      '2024-02-29 12:00:00 UTC',
      '2024-02-29T12:00:00,0Z',
      '2024-02-29T13:30:00+01:30',
      '2024-02-29T07:00:00-0500',
      '2024-02-29T10:00-02',
    ])
      expect(timeOfCell(text)).toEqual({ us, unit: 'iso' });
    expect(timeOfCell('2024-02-29')).toEqual({ us: Date.UTC(2024, 1, 29) * 1_000, unit: 'iso' });
  });

  it('is null for a day that does not exist, a year without prices, and any other notation', () => {
    for (const cell of [
      '2023-02-29T12:00:00Z',
      '2024-13-01',
      '2024-01-01T24:00:00Z',
      '2024-01-01T12:60:00Z',
      '1999-01-01T00:00:00Z',
      '01/02/2024',
      '2020-07-21 03-PM',
      '20240101',
      '0',
      '-1704067200',
      '1704067200s',
      '1.7e12',
      '0x18cc251f400',
      '',
      'Infinity',
      Number.NaN,
      null,
      undefined,
    ])
      expect(timeOfCell(cell)).toBeNull();
  });
});
