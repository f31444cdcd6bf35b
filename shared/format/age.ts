const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * A duration in its one or two largest units: `12 s`, `4 min`, `1 h 5 min`, `3 d 2 h`. Rounded down; a negative duration
 * (of clocks that differ) is `0 s`.
 */
export function formatAge(ageMs: number): string {
  const ms = Math.max(0, ageMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)}\u00a0s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)}\u00a0min`;
  if (ms < DAY_MS) return twoUnits(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
  return twoUnits(ms, DAY_MS, 'd', HOUR_MS, 'h');
}

function twoUnits(ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const whole = Math.floor(ms / largeMs);
  const rest = Math.floor((ms - whole * largeMs) / smallMs);
  return rest === 0 ? `${whole}\u00a0${large}` : `${whole}\u00a0${large}\u00a0${rest}\u00a0${small}`;
}
