import type { PriceSeries } from './price-series.ts';

/**
 * Reduces a series to few points: divides its time into `stretches` equal parts and keeps the lowest and the highest price of
 * each, in order, so that no spike is lost.
 */
export function priceLine(
  { times, prices }: Pick<PriceSeries, 'times' | 'prices'>,
  stretches: number,
): readonly [at: number, price: number][] {
  const [from = 0, to = 0] = [times[0], times.at(-1)];
  const stretchOf = (index: number): number =>
    to === from
      ? 0
      : Math.min(stretches - 1, Math.floor((((times[index] ?? 0) - from) / (to - from)) * stretches));
  const line: [number, number][] = [];
  for (let start = 0; start < times.length; ) {
    let [low, high, end] = [start, start, start];
    for (; end < times.length && stretchOf(end) === stretchOf(start); end++) {
      if ((prices[end] ?? 0) < (prices[low] ?? 0)) low = end;
      if ((prices[end] ?? 0) > (prices[high] ?? 0)) high = end;
    }
    for (const index of new Set([Math.min(low, high), Math.max(low, high)]))
      line.push([times[index] ?? 0, prices[index] ?? 0]);
    start = end;
  }
  return line;
}
