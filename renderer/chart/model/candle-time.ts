import { type Interval, isOfDays } from '../../../shared/domain/interval.ts';
import { formatDayTime, formatFullDayTime } from '../../../shared/format/local-time.ts';
import { type Calendar, formatFullUtcDay, localCalendar, utcCalendar } from '../../time/calendar.ts';
import { zoneTime } from '../../time/zoned-calendar.ts';

/** `local`, or the name of a zone. */
export type Zone = string;

/**
 * The calendar for the dates of candles of an interval. A daily or weekly candle consists of UTC days: west of Greenwich, it begins
 * on the previous evening in local time, and would have the wrong date.
 */
export function calendarOf(interval: Interval, zone: Zone = 'local'): Calendar {
  if (isOfDays(interval)) return utcCalendar;
  return zone === 'local' ? localCalendar : zoneTime(zone).calendar;
}

/** The start of a candle with its year: `12 Mar 2026, 14:03`, or `12 Mar 2026 UTC` for a candle of days. */
export function candleDate(start: number, interval: Interval, zone: Zone = 'local'): string {
  if (isOfDays(interval)) return `${formatFullUtcDay(start)}\u00a0UTC`;
  return zone === 'local' ? formatFullDayTime(start) : zoneTime(zone).formatFullDayTime(start);
}

/** The start of a candle as a short date: without the year if it is that of `now`. */
export function shortCandleDate(
  start: number,
  interval: Interval,
  now: number,
  zone: Zone = 'local',
): string {
  if (isOfDays(interval)) return utcCalendar.formatDay(start, now);
  return zone === 'local' ? formatDayTime(start, now) : zoneTime(zone).formatDayTime(start, now);
}

/** Zones to choose from, from west to east. */
export const COMMON_ZONES = [
  'America/Los_Angeles',
  'America/New_York',
  'America/Sao_Paulo',
  'Europe/London',
  'Europe/Berlin',
  'Africa/Johannesburg',
  'Asia/Dubai',
  'Asia/Kolkata',
  'Asia/Singapore',
  'Asia/Tokyo',
  'Australia/Sydney',
  'Pacific/Apia',
] as const;
