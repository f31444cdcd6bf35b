/**
 * Formats a number like PostgreSQL's `double precision`: the shortest digits that convert back exactly, with an exponent outside
 * 1e-4 to 1e15. Source: `double_to_shortest_decimal_buf` in src/common/d2s.c.
 */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 15) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Formats microseconds since the epoch as exports do: ISO 8601 in UTC with six fractional digits. */
export function instantText(micros: number): string {
  const ms = Math.floor(micros / 1_000);
  return new Date(ms).toISOString().replace('Z', `${String(micros - ms * 1_000).padStart(3, '0')}Z`);
}

/** Formats a CSV field like `copy`. */
export function csvField(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
