/**
 * The time until a candle closes: `0:59`, `1:02:03`, `3 d 4 h`.
 *
 * @param now on a clock that is updated once a second, and may therefore be before the start of the candle
 */
export function countdown(start: number, intervalMs: number, now: number): string {
  const left = Math.min(intervalMs, start + intervalMs - now);
  const seconds = Math.max(0, Math.ceil(left / 1_000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3_600)];
  const [minutes, rest] = [Math.floor((seconds % 3_600) / 60), seconds % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
