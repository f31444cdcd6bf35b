/** The calendar month of an instant in UTC, such as `2026-11`, by which the provider counts monthly credits. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** When the month of an instant ends, in milliseconds since the epoch. */
export function endOfMonth(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** When the month of an instant began, in milliseconds since the epoch. */
export function startOfMonth(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}
