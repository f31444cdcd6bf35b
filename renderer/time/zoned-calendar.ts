import type { Calendar, DateParts } from './calendar.ts';

const DAY_MS = 86_400_000;

/** The calendar of a time zone, and functions that format instants in it. */
export type ZoneTime = {
  readonly calendar: Calendar;
  /** `12 Mar, 14:03`, with its year in another year than that of `now`. */
  readonly formatDayTime: (at: number, now: number) => string;
  /** `12 Mar 2026, 14:03`. */
  readonly formatFullDayTime: (at: number) => string;
};

const zones = new Map<string, ZoneTime>();

/**
 * The calendar and formatters of a zone, including summer time. They are cached, because creating formatters is expensive.
 *
 * @param zone a name of the IANA database, such as `Asia/Tokyo`, or `UTC`
 * @throws RangeError for a name that the browser does not know
 */
export function zoneTime(zone: string): ZoneTime {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  const made = makeZoneTime(zone);
  zones.set(zone, made);
  return made;
}

function makeZoneTime(timeZone: string): ZoneTime {
  const numbers = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const text = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const day = { day: 'numeric', month: 'short' } as const;
  const year = { year: 'numeric' } as const;
  const timeFormat = text(time);
  const dayFormat = text(day);
  const dayOfYearFormat = text({ ...day, ...year });
  const dayTimeFormat = text({ ...day, ...time });
  const fullFormat = text({ ...day, ...year, ...time });

  const clockOf = (at: number) => {
    const found: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of numbers.formatToParts(at)) found[type] = Number(value);
    const { year: y = 0, month = 1, day: d = 1, hour = 0, minute = 0, second = 0 } = found;
    return { year: y, month: month - 1, day: d, hour, minute, second };
  };
  /** The offset of the zone from UTC, positive to the east. */
  const offsetAt = (at: number): number => {
    const clock = clockOf(at);
    const shown = Date.UTC(clock.year, clock.month, clock.day, clock.hour, clock.minute, clock.second);
    return shown - Math.floor(at / 1_000) * 1_000;
  };
  const partsOf = (at: number): DateParts => {
    const { year: y, month, day: d, hour, minute } = clockOf(at);
    return { year: y, month, day: d, minutes: hour * 60 + minute };
  };
  const isSameYear = (at: number, now: number): boolean => partsOf(at).year === partsOf(now).year;

  return {
    calendar: {
      partsOf,
      at(y, month, d, minutes = 0) {
        const wanted = Date.UTC(y, month, d, 0, minutes);
        const before = offsetAt(wanted - DAY_MS);
        const after = offsetAt(wanted + DAY_MS);
        const [early, late] = [wanted - before, wanted - after];
        // A repeated clock time is the first of the two instants; a skipped one is converted with the offset before the change.
        return offsetAt(early) === before || offsetAt(late) !== after ? early : late;
      },
      formatDay: (at, now) => (isSameYear(at, now) ? dayFormat : dayOfYearFormat).format(at),
      formatTime: (at) => timeFormat.format(at),
    },
    formatDayTime: (at, now) => (isSameYear(at, now) ? dayTimeFormat : fullFormat).format(at),
    formatFullDayTime: (at) => fullFormat.format(at),
  };
}
