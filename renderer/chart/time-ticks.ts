import { formatDay, formatTimeOfDay } from '../time/local-time.ts';
import type { TimeRange } from './chart-view.ts';

export type TimeTick = {
  readonly at: number;
  readonly label: string;
  /** True where a larger unit begins: a day among hours, a month among days. */
  readonly isMajor: boolean;
};

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const MINUTE_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720] as const;
const DAY_STEPS = [1, 2, 7, 14] as const;
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120] as const;

/** Days since the epoch in local time. Day 4 was the first Monday. */
const dayNumber = (date: Date): number =>
  Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS;

/**
 * Marks at round local times, the finest of which there are at most `most`. They follow the local calendar, so days of
 * 23 and 25 hours keep their midnights.
 */
export function timeTicks({ from, to }: TimeRange, most: number): readonly TimeTick[] {
  const leastMs = (to - from) / Math.max(1, most);
  const minutes = MINUTE_STEPS.find((step) => step * MINUTE_MS >= leastMs);
  if (minutes !== undefined) return minuteTicks(from, to, minutes);
  const days = DAY_STEPS.find((step) => step * DAY_MS >= leastMs);
  if (days !== undefined) return dayTicks(from, to, days);
  const months = MONTH_STEPS.find((step) => step * 30 * DAY_MS >= leastMs) ?? 120;
  return monthTicks(from, to, months);
}

function minuteTicks(from: number, to: number, step: number): readonly TimeTick[] {
  const ticks: TimeTick[] = [];
  const first = new Date(from);
  const [year, month, day] = [first.getFullYear(), first.getMonth(), first.getDate()];
  const elapsedMinutes = (from - new Date(year, month, day).getTime()) / MINUTE_MS;
  // Clock time and elapsed time of a day differ by an hour where summer time begins or ends: start two hours early.
  for (let n = Math.max(0, Math.floor((elapsedMinutes - 120) / step)); ; n++) {
    // A clock time that summer time skips comes out as the one an hour later, which comes again: it is taken once.
    const at = new Date(year, month, day, 0, n * step).getTime();
    if (at > to) return ticks;
    if (at < from || at <= (ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) continue;
    const date = new Date(at);
    const isMajor = date.getHours() === 0 && date.getMinutes() === 0;
    ticks.push({ at, isMajor, label: isMajor ? formatDay(at) : formatTimeOfDay(at) });
  }
}

function dayTicks(from: number, to: number, step: number): readonly TimeTick[] {
  const ticks: TimeTick[] = [];
  const first = new Date(from);
  for (let n = 0; ; n++) {
    const date = new Date(first.getFullYear(), first.getMonth(), first.getDate() + n);
    const at = date.getTime();
    if (at > to) return ticks;
    // Weeks begin on Mondays.
    const offset = step % 7 === 0 ? 4 : 0;
    if (at < from || (dayNumber(date) - offset) % step !== 0) continue;
    ticks.push({ at, label: formatDay(at), isMajor: date.getDate() === 1 });
  }
}

const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'short' });

function monthTicks(from: number, to: number, step: number): readonly TimeTick[] {
  const ticks: TimeTick[] = [];
  const first = new Date(from);
  for (let n = 0; ; n++) {
    const date = new Date(first.getFullYear(), first.getMonth() + n, 1);
    const at = date.getTime();
    if (at > to) return ticks;
    const months = date.getFullYear() * 12 + date.getMonth();
    if (at < from || months % step !== 0) continue;
    const isMajor = date.getMonth() === 0;
    ticks.push({ at, isMajor, label: isMajor ? String(date.getFullYear()) : monthFormat.format(at) });
  }
}
