const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const YEAR: Intl.DateTimeFormatOptions = { year: 'numeric' };

/** Formatters are expensive to create. They use the time zone in which the page was opened. */
const timeFormat = new Intl.DateTimeFormat('en-GB', TIME);
const dayFormat = new Intl.DateTimeFormat('en-GB', DAY);
const dayOfYearFormat = new Intl.DateTimeFormat('en-GB', { ...DAY, ...YEAR });
const dayTimeFormat = new Intl.DateTimeFormat('en-GB', { ...DAY, ...TIME });
const dayTimeOfYearFormat = new Intl.DateTimeFormat('en-GB', { ...DAY, ...YEAR, ...TIME });
const exactFormat = new Intl.DateTimeFormat('en-GB', {
  ...DAY,
  ...YEAR,
  ...TIME,
  second: '2-digit',
  timeZoneName: 'short',
});

const isSameYear = (at: number, now: number): boolean =>
  new Date(at).getFullYear() === new Date(now).getFullYear();

/** Local time: `14:03` on the day of `now`, `12 Mar, 14:03` on another day, with the year in another year. */
export function formatMoment(at: number, now: number): string {
  const isSameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return isSameDay ? timeFormat.format(at) : formatDayTime(at, now);
}

/** Local clock time: `14:03`. */
export function formatTimeOfDay(at: number): string {
  return timeFormat.format(at);
}

/** Local day: `12 Mar`, or `12 Mar 2024` when that is not the year of `now`. */
export function formatDay(at: number, now: number): string {
  return (isSameYear(at, now) ? dayFormat : dayOfYearFormat).format(at);
}

/** Local day and clock time: `12 Mar, 14:03`, or `12 Mar 2024, 14:03` when that is not the year of `now`. */
export function formatDayTime(at: number, now: number): string {
  return isSameYear(at, now) ? dayTimeFormat.format(at) : formatFullDayTime(at);
}

/** Local day, year and clock time: `12 Mar 2026, 14:03`. */
export function formatFullDayTime(at: number): string {
  return dayTimeOfYearFormat.format(at);
}

/** The exact local time with its zone, for a tooltip: `12 Mar 2026, 14:03:07 CET`. */
export function formatExact(at: number): string {
  return exactFormat.format(at);
}
