import { describe, expect, it, onTestFinished } from 'vitest';
import { quietHoursEnd } from './quiet-hours.ts';

const at = (time: string, day = 10): number => new Date(`2026-03-${day}T${time}`).getTime();

describe('quiet hours', () => {
  it.each([
    ['22:00-07:00', '21:59:59', null],
    ['22:00-07:00', '22:00:00', at('07:00', 11)],
    ['22:00-07:00', '03:00:00', at('07:00')],
    ['22:00-07:00', '06:59:59', at('07:00')],
    ['22:00-07:00', '07:00:00', null],
    ['12:30-13:15', '12:29:59', null],
    ['12:30-13:15', '12:30:00', at('13:15')],
    ['12:30-13:15', '13:15:00', null],
    ['08:00-08:00', '15:00:00', at('08:00', 11)],
    [null, '03:00:00', null],
  ])('of %s at %s end at %s', (hours, time, end) => {
    expect(quietHoursEnd(hours, at(time))).toBe(end);
  });

  it.each([
    // Clocks go from 02:00 to 03:00 at 01:00 UTC.
    ['Europe/Berlin', '22:00-02:30', '2027-03-28T00:59:00Z', '2027-03-28T01:00:00Z'],
    ['Europe/Berlin', '22:00-02:30', '2027-03-28T01:00:00Z', null],
    ['Europe/Berlin', '22:00-07:00', '2027-03-28T00:59:00Z', '2027-03-28T05:00:00Z'],
    // Clocks go from 03:00 to 02:00 at 01:00 UTC, so that 02:30 comes twice.
    ['Europe/Berlin', '22:00-02:30', '2027-10-31T00:15:00Z', '2027-10-31T00:30:00Z'],
    ['Europe/Berlin', '22:00-02:30', '2027-10-31T00:30:00Z', null],
    ['Europe/Berlin', '22:00-02:30', '2027-10-31T01:15:00Z', '2027-10-31T01:30:00Z'],
    ['Europe/Berlin', '22:00-07:00', '2027-10-31T00:15:00Z', '2027-10-31T06:00:00Z'],
    ['Europe/Berlin', '02:30-02:30', '2027-10-31T01:15:00Z', '2027-10-31T01:30:00Z'],
    // Half an hour, from 02:00 to 01:30.
    ['Australia/Lord_Howe', '22:00-01:45', '2027-04-03T15:05:00Z', '2027-04-03T15:15:00Z'],
    ['Pacific/Chatham', '22:00-07:00', '2027-04-03T14:00:00Z', '2027-04-03T18:15:00Z'],
  ])('in %s from %s at %s end at %s', (zone, hours, now, end) => {
    const before = process.env.TZ;
    onTestFinished(() => {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    });
    process.env.TZ = zone;
    expect(quietHoursEnd(hours, Date.parse(now))).toBe(end === null ? null : Date.parse(end));
  });
});
