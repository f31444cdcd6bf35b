/** The calendar month of an instant in UTC, as `2026-11`: what the provider's monthly credits are counted by. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** When that month ends, in milliseconds since the epoch. */
export function endOfMonth(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** When that month began. */
export function startOfMonth(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}
