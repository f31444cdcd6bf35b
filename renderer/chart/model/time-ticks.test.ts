import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localCalendar } from '../../time/calendar.ts';
import type { TimeRange } from './chart-view.ts';
import { timeTicks as ticksOf } from './time-ticks.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const timeTicks = (range: TimeRange, maxCount: number) =>
  ticksOf(range, maxCount, { calendar: localCalendar, now: range.to });

describe.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'])('time ticks in %s', (zone) => {
  beforeEach(() => void vi.stubEnv('TZ', zone));
  afterEach(() => void vi.unstubAllEnvs());

  it('are in order, within the range, and few enough', () => {
    const from = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2030, 0) });
    const span = fc.integer({ min: 15 * MINUTE, max: 1_000 * DAY });
    fc.assert(
      fc.property(from, span, fc.integer({ min: 3, max: 16 }), (start, length, maxCount) => {
        const ticks = timeTicks({ from: start, to: start + length }, maxCount);
        // Months differ in length, and the end of summer time adds an hour.
        expect(ticks.length).toBeLessThanOrEqual(maxCount + 2);
        for (const [index, { at }] of ticks.entries()) {
          expect(at).toBeGreaterThanOrEqual(start);
          expect(at).toBeLessThanOrEqual(start + length);
          if (index > 0) expect(at).toBeGreaterThan(ticks[index - 1]?.at ?? Number.POSITIVE_INFINITY);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are at whole local hours over a day, and mark midnight', () => {
    const from = new Date(2026, 5, 10, 12).getTime();
    const ticks = timeTicks({ from, to: from + DAY }, 8);
    expect(ticks.every(({ at }) => new Date(at).getMinutes() === 0)).toBe(true);
    const midnights = ticks.filter(({ at }) => new Date(at).getHours() === 0);
    expect(midnights).toHaveLength(1);
    expect(midnights[0]).toMatchObject({ isMajor: true });
  });

  it('are at local midnights over a fortnight', () => {
    const from = new Date(2026, 2, 20, 9).getTime();
    const ticks = timeTicks({ from, to: from + 14 * DAY }, 14);
    expect(ticks).toHaveLength(14);
    expect(ticks.every(({ at }) => new Date(at).getHours() === 0)).toBe(true);
  });

  it('are at the first of months over years', () => {
    const from = new Date(2024, 4, 5).getTime();
    const ticks = timeTicks({ from, to: from + 900 * DAY }, 12);
    expect(ticks.every(({ at }) => new Date(at).getDate() === 1)).toBe(true);
    expect(ticks.filter(({ isMajor }) => isMajor).every(({ at }) => new Date(at).getMonth() === 0)).toBe(
      true,
    );
  });
});

describe('time ticks at the beginning and the end of summer time', () => {
  beforeEach(() => void vi.stubEnv('TZ', 'Europe/Berlin'));
  afterEach(() => void vi.unstubAllEnvs());

  it('omit the hour that does not exist', () => {
    const from = new Date(2026, 2, 29, 0).getTime();
    const hours = timeTicks({ from, to: from + 5 * HOUR }, 6).map(({ at }) => new Date(at).getHours());
    expect(hours).toEqual([0, 1, 3, 4, 5, 6]);
  });

  it('have twice the distance at a repeated hour, and remain at whole hours', () => {
    const from = new Date(2026, 9, 25, 0).getTime();
    const ticks = timeTicks({ from, to: from + 6 * HOUR }, 8);
    expect(ticks.map(({ at }) => new Date(at).getHours())).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ticks.map(({ at }) => (at - from) / HOUR)).toEqual([0, 1, 2, 4, 5, 6]);
  });

  it.each([
    ['spring', 2],
    ['autumn', 9],
  ])('mark each midnight once over the change in %s', (_, month) => {
    const from = new Date(2026, month, 23, 12).getTime();
    const midnights = timeTicks({ from, to: from + 8 * DAY }, 8).map(({ at }) => new Date(at));
    expect(midnights.map((date) => date.getDate())).toEqual([24, 25, 26, 27, 28, 29, 30, 31]);
    expect(midnights.every((date) => date.getHours() === 0)).toBe(true);
  });
});
