import { formatDay, formatTimeOfDay } from '../../shared/format/local-time.ts';

/** Days and months of one time zone. */
export type Calendar = {
  /** The instant of a day's midnight plus minutes of clock time. Overflowing values carry over. */
  readonly at: (year: number, month: number, day: number, minutes?: number) => number;
  readonly partsOf: (at: number) => DateParts;
  /** `12 Mar`, or `12 Mar 2024` when that is not the year of `now`. */
  readonly formatDay: (at: number, now: number) => string;
  /** Clock time: `14:03`. */
  readonly formatTime: (at: number) => string;
};

export type DateParts = {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
  /** Minutes of clock time since midnight. */
  readonly minutes: number;
};

export const localCalendar: Calendar = {
  at: (year, month, day, minutes = 0) => new Date(year, month, day, 0, minutes).getTime(),
  partsOf(at) {
    const date = new Date(at);
    return {
      year: date.getFullYear(),
      month: date.getMonth(),
      day: date.getDate(),
      minutes: date.getHours() * 60 + date.getMinutes(),
    };
  },
  formatDay,
  formatTime: formatTimeOfDay,
};

const utcDayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const utcTimeFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});
const utcDayOfYearFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

export const utcCalendar: Calendar = {
  at: (year, month, day, minutes = 0) => Date.UTC(year, month, day, 0, minutes),
  partsOf(at) {
    const date = new Date(at);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth(),
      day: date.getUTCDate(),
      minutes: date.getUTCHours() * 60 + date.getUTCMinutes(),
    };
  },
  formatDay: (at, now) =>
    (new Date(at).getUTCFullYear() === new Date(now).getUTCFullYear()
      ? utcDayFormat
      : utcDayOfYearFormat
    ).format(at),
  formatTime: (at) => utcTimeFormat.format(at),
};

/** The UTC day: `12 Mar 2026`. */
export function formatFullUtcDay(at: number): string {
  return utcDayOfYearFormat.format(at);
}
