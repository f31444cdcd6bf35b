/**
 * Reads a `Retry-After` header, which holds seconds or an HTTP date (RFC 9110, 10.2.3), as a delay in milliseconds. A
 * date is compared with the server's own `Date` header if there is one, so that a wrong local clock does no harm.
 *
 * @param now used for a date when the response has no `Date` header
 * @returns null when the header is absent or invalid
 */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000);
  const at = httpDate(value);
  if (at === null) return null;
  return Math.max(0, at - (httpDate(headers.get('date') ?? '') ?? now));
}

/** Accepts only what looks like a date: `Date.parse` reads "-5" as a year. */
function httpDate(value: string): number | null {
  if (!/^[A-Za-z]{3,9},? /.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}
