/**
 * The end of the quiet hours that contain an instant; null outside of them. Hours whose end is not after their start span
 * midnight, and equal times mean the whole day. The end itself is excluded.
 *
 * @param quietHours in local time, as in the settings: `22:00-07:00`; null for none
 */
export function quietHoursEnd(quietHours: string | null, now: number): number | null {
  if (quietHours === null) return null;
  const [start = 0, end = 0] = quietHours.split('-').map(minuteOfDay);
  const date = new Date(now);
  const minute = date.getHours() * MINUTES_OF_HOUR + date.getMinutes();
  const isWithin = start < end ? minute >= start && minute < end : minute >= start || minute < end;
  if (!isWithin) return null;
  // By the calendar, which accounts for days on which the clocks change.
  const at = new Date(date.getFullYear(), date.getMonth(), date.getDate(), 0, end);
  if (at.getTime() <= now) at.setDate(at.getDate() + 1);
  return at.getTime();
}

const MINUTES_OF_HOUR = 60;

function minuteOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * MINUTES_OF_HOUR + minutes;
}
