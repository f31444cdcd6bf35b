const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

/** Formatters are costly to make. They hold the time zone that the page was opened in. */
const timeFormat = new Intl.DateTimeFormat('en-GB', TIME);
const dayFormat = new Intl.DateTimeFormat('en-GB', DAY);
const dayTimeFormat = new Intl.DateTimeFormat('en-GB', { ...DAY, ...TIME });
const exactFormat = new Intl.DateTimeFormat('en-GB', {
  ...DAY,
  ...TIME,
  year: 'numeric',
  second: '2-digit',
  timeZoneName: 'short',
});

/** `14:03` today, `12 Mar, 14:03` on another day than `now`; both in the local time zone. */
export function formatMoment(at: number, now: number): string {
  const isSameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return (isSameDay ? timeFormat : dayTimeFormat).format(at);
}

/** Local clock time: `14:03`. */
export function formatTimeOfDay(at: number): string {
  return timeFormat.format(at);
}

/** Local day: `12 Mar`. */
export function formatDay(at: number): string {
  return dayFormat.format(at);
}

/** Local day and clock time: `12 Mar, 14:03`. */
export function formatDayTime(at: number): string {
  return dayTimeFormat.format(at);
}

/** The whole truth about an instant, for a hover text: `12 Mar 2026, 14:03:07 CET`. */
export function formatExact(at: number): string {
  return exactFormat.format(at);
}
