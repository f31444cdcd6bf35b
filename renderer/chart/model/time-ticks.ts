import type { Calendar, DateParts } from '../../time/calendar.ts';
import type { TimeRange } from './chart-view.ts';

export type TimeTick = {
  readonly at: number;
  readonly label: string;
  /** Whether a larger unit begins: a day among hours, a month among days. */
  readonly isMajor: boolean;
};

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const MINUTE_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720] as const;
const DAY_STEPS = [1, 2, 7, 14] as const;
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120] as const;

/** Days since the epoch. Day 4 was the first Monday. */
const dayNumber = ({ year, month, day }: DateParts): number => Date.UTC(year, month, day) / DAY_MS;

/** How ticks are placed and labelled. */
export type TickCalendar = {
  readonly calendar: Calendar;
  /** Days of another year than that of this instant have labels with the year. */
  readonly now: number;
};

/**
 * Ticks at round times of a calendar, with the smallest step for which there are at most about `maxCount`. Days of 23 and 25 hours
 * have their ticks at midnight, too.
 */
export function timeTicks({ from, to }: TimeRange, maxCount: number, by: TickCalendar): readonly TimeTick[] {
  const minStepMs = (to - from) / Math.max(1, maxCount);
  const minutes = MINUTE_STEPS.find((step) => step * MINUTE_MS >= minStepMs);
  if (minutes !== undefined) return minuteTicks(from, to, minutes, by);
  const days = DAY_STEPS.find((step) => step * DAY_MS >= minStepMs);
  if (days !== undefined) return dayTicks(from, to, days, by);
  const months = MONTH_STEPS.find((step) => step * 30 * DAY_MS >= minStepMs) ?? 120;
  return monthTicks(from, to, months, by);
}

function minuteTicks(
  from: number,
  to: number,
  step: number,
  { calendar, now }: TickCalendar,
): readonly TimeTick[] {
  const ticks: TimeTick[] = [];
  const { year, month, day } = calendar.partsOf(from);
  const elapsedMinutes = (from - calendar.at(year, month, day)) / MINUTE_MS;
  // On days on which summer time begins or ends, clock time and elapsed time differ by an hour: start two hours earlier.
  for (let n = Math.max(0, Math.floor((elapsedMinutes - 120) / step)); ; n++) {
    // A clock time that summer time skips results in the instant of the next hour, which must be used only once.
    const at = calendar.at(year, month, day, n * step);
    if (at > to) return ticks;
    if (at < from || at <= (ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) continue;
    const isMajor = calendar.partsOf(at).minutes === 0;
    ticks.push({ at, isMajor, label: isMajor ? calendar.formatDay(at, now) : calendar.formatTime(at) });
  }
}

function dayTicks(
  from: number,
  to: number,
  step: number,
  { calendar, now }: TickCalendar,
): readonly TimeTick[] {
  const ticks: TimeTick[] = [];
  const first = calendar.partsOf(from);
  for (let n = 0; ; n++) {
    const at = calendar.at(first.year, first.month, first.day + n);
    if (at > to) return ticks;
    const parts = calendar.partsOf(at);
    // Weeks begin on Mondays.
    const offset = step % 7 === 0 ? 4 : 0;
    if (at < from || (dayNumber(parts) - offset) % step !== 0) continue;
    ticks.push({ at, label: calendar.formatDay(at, now), isMajor: parts.day === 1 });
  }
}

const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });
const nameOfMonth = (month: number): string => monthFormat.format(Date.UTC(2000, month));

function monthTicks(
  from: number,
  to: number,
  step: number,
  { calendar, now }: TickCalendar,
): readonly TimeTick[] {
  const ticks: TimeTick[] = [];
  const first = calendar.partsOf(from);
  const thisYear = calendar.partsOf(now).year;
  for (let n = 0; ; n++) {
    const at = calendar.at(first.year, first.month + n, 1);
    if (at > to) return ticks;
    const { year, month } = calendar.partsOf(at);
    if (at < from || (year * 12 + month) % step !== 0) continue;
    const isMajor = month === 0;
    const name = year === thisYear ? nameOfMonth(month) : `${nameOfMonth(month)} ${year}`;
    ticks.push({ at, isMajor, label: isMajor ? String(year) : name });
  }
}
