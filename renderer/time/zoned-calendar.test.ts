import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zoneTime } from './zoned-calendar.ts';

const ZONES = [
  'UTC',
  'Pacific/Apia',
  'America/Los_Angeles',
  'Asia/Kolkata',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
];
const zones = fc.constantFrom(...ZONES);
const instants = fc.integer({ min: Date.UTC(2000, 0, 1) / 60_000, max: Date.UTC(2040, 0, 1) / 60_000 });

describe('the calendar of a zone', () => {
  it('finds the instant of a local time', () => {
    fc.assert(
      fc.property(zones, instants, (zone, minute) => {
        const { calendar } = zoneTime(zone);
        const at = minute * 60_000;
        const { year, month, day, minutes } = calendar.partsOf(at);
        const found = calendar.at(year, month, day, minutes);
        // Of a repeated clock time, the first instant is found.
        expect(calendar.partsOf(found)).toEqual(calendar.partsOf(at));
        expect(found).toBeLessThanOrEqual(at);
      }),
      { numRuns: 300 },
    );
  });

  it('begins days at midnight, including those of 23 and 25 hours', () => {
    const { calendar } = zoneTime('America/Los_Angeles');
    const hours = (month: number, day: number) =>
      (calendar.at(2026, month, day + 1) - calendar.at(2026, month, day)) / 3_600_000;
    expect([hours(2, 8), hours(10, 1), hours(5, 12)]).toEqual([23, 25, 24]);
    expect(calendar.partsOf(calendar.at(2026, 2, 9)).minutes).toBe(0);
  });

  it('treats a skipped local time as an hour later, and a repeated one as the first', () => {
    const { calendar } = zoneTime('Europe/Berlin');
    expect(calendar.at(2026, 2, 29, 150)).toBe(Date.UTC(2026, 2, 29, 1, 30));
    expect(calendar.at(2026, 9, 25, 150)).toBe(Date.UTC(2026, 9, 25, 0, 30));
  });

  it('handles the day that Samoa skipped', () => {
    const { calendar, formatFullDayTime } = zoneTime('Pacific/Apia');
    const last = calendar.at(2011, 11, 29, 23 * 60 + 59);
    expect(formatFullDayTime(last)).toBe('29 Dec 2011, 23:59');
    expect(formatFullDayTime(last + 60_000)).toBe('31 Dec 2011, 00:00');
  });

  it('formats an instant in local time', () => {
    const at = Date.UTC(2026, 5, 12, 22, 5);
    const now = Date.UTC(2026, 6, 1);
    expect(zoneTime('Asia/Tokyo').formatDayTime(at, now)).toBe('13 Jun, 07:05');
    expect(zoneTime('America/Los_Angeles').formatDayTime(at, Date.UTC(2027, 6, 1))).toBe(
      '12 Jun 2026, 15:05',
    );
    expect(zoneTime('UTC').calendar.formatTime(at)).toBe('22:05');
  });
});
