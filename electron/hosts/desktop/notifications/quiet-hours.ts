const MINUTES_OF_HOUR = 60;

/**
 * Whether the local time of `now` is within quiet hours. The end is exclusive; hours whose end is not after
 * their start span midnight, and equal times mean the whole day.
 *
 * @param quietHours as in the settings, `22:00-07:00`; null for none
 */
export function isQuiet(quietHours: string | null, now: number): boolean {
  if (quietHours === null) return false;
  const [start = 0, end = 0] = quietHours.split('-').map(minuteOfDay);
  const date = new Date(now);
  const minute = date.getHours() * MINUTES_OF_HOUR + date.getMinutes();
  return start < end ? minute >= start && minute < end : minute >= start || minute < end;
}

function minuteOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * MINUTES_OF_HOUR + minutes;
}
