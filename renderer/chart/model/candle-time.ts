import { type Interval, isOfDays } from '../../../shared/domain/interval.ts';
import { type Calendar, formatFullUtcDay, localCalendar, utcCalendar } from '../../time/calendar.ts';
import { formatDayTime, formatFullDayTime } from '../../time/local-time.ts';

/**
 * The calendar by which candles of an interval are dated. A daily or weekly candle is made of days of UTC: west of Greenwich it begins on
 * the evening before by the local clock, and would carry the wrong date.
 */
export function calendarOf(interval: Interval): Calendar {
  return isOfDays(interval) ? utcCalendar : localCalendar;
}

/** When a candle began, with its year: `12 Mar 2026, 14:03`, or `12 Mar 2026 UTC` for one of days. */
export function candleDate(start: number, interval: Interval): string {
  return isOfDays(interval) ? `${formatFullUtcDay(start)}\u00a0UTC` : formatFullDayTime(start);
}

/** When a candle began, in short: without the year when that is the year of `now`. */
export function shortCandleDate(start: number, interval: Interval, now: number): string {
  return isOfDays(interval) ? utcCalendar.formatDay(start, now) : formatDayTime(start, now);
}
