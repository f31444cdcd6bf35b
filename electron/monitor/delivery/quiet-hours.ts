/**
 * The end of the quiet hours that contain an instant; null outside of them. Hours whose end is not after their start span
 * midnight, and equal times mean the whole day. The end itself is excluded.
 *
 * @param quietHours in local time, as in the settings: `22:00-07:00`; null for none
 */
export function quietHoursEnd(quietHours: string | null, now: number): number | null {
  if (quietHours === null) return null;
  const [start = 0, end = 0] = quietHours.split('-').map(minuteOfDay);
  const isWithin = (minute: number): boolean =>
    start < end ? minute >= start && minute < end : minute >= start || minute < end;
  if (!isWithin(localMinute(now))) return null;
  // Minute by minute, because clocks change: a time of day may not occur, or occur twice.
  let at = now - (now % MINUTE_MS);
  do at += MINUTE_MS;
  while (isWithin(localMinute(at)) && localMinute(at) !== end);
  return at;
}

const MINUTE_MS = 60_000;
const MINUTES_OF_HOUR = 60;

function localMinute(instant: number): number {
  const date = new Date(instant);
  return date.getHours() * MINUTES_OF_HOUR + date.getMinutes();
}

function minuteOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * MINUTES_OF_HOUR + minutes;
}
