/** A price and when it was observed, in milliseconds since the epoch. */
export type PricePoint = readonly [observedAt: number, price: number];

/** As many points as a sparkline can show. */
const MOST_POINTS = 60;
/** Points are at least this far apart: trades by the dozen a second would leave a sparkline no time. */
const POINT_MS = 5_000;

/** Adds a price to the last prices of a coin, oldest first, in place. The monitor and the page both do, from the same start. */
export function addRecentPrice(recent: PricePoint[], observedAt: number, price: number): void {
  const last = recent.at(-1);
  const isClose = last !== undefined && observedAt - last[0] < POINT_MS;
  if (isClose) recent[recent.length - 1] = [last[0], price];
  else recent.push([observedAt, price]);
  if (recent.length > MOST_POINTS) recent.shift();
}
