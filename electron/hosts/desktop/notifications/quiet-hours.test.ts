import { describe, expect, it } from 'vitest';
import { isQuiet } from './quiet-hours.ts';

const at = (time: string): number => new Date(`2026-03-10T${time}`).getTime();

describe('quiet hours', () => {
  it.each([
    ['22:00-07:00', '21:59:59', false],
    ['22:00-07:00', '22:00:00', true],
    ['22:00-07:00', '03:00:00', true],
    ['22:00-07:00', '06:59:59', true],
    ['22:00-07:00', '07:00:00', false],
    ['12:30-13:15', '12:29:59', false],
    ['12:30-13:15', '12:30:00', true],
    ['12:30-13:15', '13:15:00', false],
    ['08:00-08:00', '15:00:00', true],
    [null, '03:00:00', false],
  ])('%s at %s are quiet: %s', (hours, time, quiet) => {
    expect(isQuiet(hours, at(time))).toBe(quiet);
  });
});
