/** A month of UTC: `from` is its first instant, `to` that of the next month, in milliseconds since the epoch. */
export type Month = { readonly from: number; readonly to: number };

export function monthOf(at: number): Month {
  return monthAfter(at, 0);
}

/** The month that begins `count` months after that of `at`; before it when negative. */
export function monthAfter(at: number, count: number): Month {
  const date = new Date(at);
  const start = (months: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  return { from: start(count), to: start(count + 1) };
}

/** The months from that of `from` to that of `to`, oldest first. */
export function monthsBetween(from: number, to: number): readonly Month[] {
  const months: Month[] = [];
  for (let month = monthOf(from); month.from <= to; month = monthOf(month.to)) months.push(month);
  return months;
}

/** `2026_01`, as in the names of partitions. */
export function monthName({ from }: Month): string {
  return new Date(from).toISOString().slice(0, 7).replace('-', '_');
}
