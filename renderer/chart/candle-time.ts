import type { Interval } from '../../shared/domain/interval.ts';
import { type Calendar, formatFullUtcDay, localCalendar, utcCalendar } from '../time/calendar.ts';
import { formatDayTime, formatFullDayTime } from '../time/local-time.ts';

/**
 * The calendar by which candles of an interval are dated. A daily candle is a day of UTC: west of Greenwich it begins on
 * the evening before by the local clock, and would carry the wrong date.
 */
export function calendarOf(interval: Interval): Calendar {
  return interval === '1d' ? utcCalendar : localCalendar;
}

/** When a candle began, with its year: `12 Mar 2026, 14:03`, or `12 Mar 2026 UTC` for a daily one. */
export function candleDate(start: number, interval: Interval): string {
  return interval === '1d' ? `${formatFullUtcDay(start)}\u00a0UTC` : formatFullDayTime(start);
}

/** When a candle began, in short: without the year when that is the year of `now`. */
export function shortCandleDate(start: number, interval: Interval, now: number): string {
  return interval === '1d' ? utcCalendar.formatDay(start, now) : formatDayTime(start, now);
}
