/** A price with its time, in milliseconds since the epoch. */
export type PricePoint = readonly [observedAt: number, price: number];

/** The maximum number of points that a sparkline can show. */
const MAX_POINTS = 60;
/** The minimum distance between points. Without it, a sparkline would cover only seconds at dozens of trades a second. */
const POINT_MS = 5_000;

/** Adds a price to a coin's recent prices, in place. The monitor and the page both call this, with the same result. */
export function addRecentPrice(recent: PricePoint[], observedAt: number, price: number): void {
  const last = recent.at(-1);
  const isClose = last !== undefined && observedAt - last[0] < POINT_MS;
  if (isClose) recent[recent.length - 1] = [last[0], price];
  else recent.push([observedAt, price]);
  if (recent.length > MAX_POINTS) recent.shift();
}
