/**
 * Milliseconds that a `Retry-After` header asks to wait: seconds, or an HTTP date (RFC 9110, 10.2.3).
 * A date is compared with the server's own `Date` where it sent one, so a wrong clock on this machine does no harm.
 *
 * @param now used for a date when the answer had no `Date`
 * @returns null when the header is absent or makes no sense
 */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000);
  const at = httpDate(value);
  if (at === null) return null;
  return Math.max(0, at - (httpDate(headers.get('date') ?? '') ?? now));
}

/** Only what looks like a date: `Date.parse` takes "-5" for a year. */
function httpDate(value: string): number | null {
  if (!/^[A-Za-z]{3,9},? /.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}
