import type { PricePoint } from '../../shared/domain/recent-prices.ts';

/**
 * The prices as an SVG path in a box of this size, scaled by time, with the newest at the right edge. Empty with fewer
 * than two points. A constant price is a line in the middle.
 */
export function sparklinePath(points: readonly PricePoint[], width: number, height: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last[0] <= first[0]) return '';
  const span = last[0] - first[0];
  let low = first[1];
  let high = first[1];
  for (const [, price] of points) {
    low = Math.min(low, price);
    high = Math.max(high, price);
  }
  const range = high - low;
  return points
    .map(([at, price], index) => {
      const x = ((at - first[0]) / span) * width;
      const y = range === 0 ? height / 2 : height - ((price - low) / range) * height;
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
