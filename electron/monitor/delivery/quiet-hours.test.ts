import { describe, expect, it } from 'vitest';
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
});
