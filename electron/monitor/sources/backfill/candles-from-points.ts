import { intervalLengthMs } from '../../../../shared/domain/interval.ts';
import type { HistoryCandle } from '../../history/history-store.ts';
import type { HistoryQuery } from './history-source.ts';

/** The price at an instant, with the rolling 24-hour volume if it is known. */
export type PricePoint = { readonly at: number; readonly price: number; readonly volume24h: number | null };

/**
 * Builds candles from prices that are about one interval apart, which is the format of CoinGecko's charts. The price
 * at an instant is that of the nearest point, at most half an interval away, because the provider's points are a few
 * seconds off. A candle opens with the price at its start, closes with the price at its end, and covers the points in
 * between. A candle without a price at its end is left out. High and low are those of the points, so the market's
 * range may be wider.
 *
 * @param points in any order
 */
export function candlesFromPoints(
  points: readonly PricePoint[],
  { interval, from, to }: Pick<HistoryQuery, 'interval' | 'from' | 'to'>,
): readonly HistoryCandle[] {
  const lengthMs = intervalLengthMs(interval);
  const sorted = points.toSorted((a, b) => a.at - b.at);
  const candles: HistoryCandle[] = [];
  /** Index of the first point at or after the start of the bucket. */
  let next = 0;
  for (let start = from; start + lengthMs <= to; start += lengthMs) {
    const end = start + lengthMs;
    while ((sorted[next]?.at ?? Number.POSITIVE_INFINITY) < start) next++;
    let after = next;
    while ((sorted[after]?.at ?? Number.POSITIVE_INFINITY) < end) after++;
    const closing = nearest(sorted, after, end, lengthMs / 2);
    if (closing === null) continue;
    const inside = sorted.slice(next, after);
    const opening = nearest(sorted, next, start, lengthMs / 2) ?? inside[0] ?? closing;
    const prices = [opening, ...inside, closing].map(({ price }) => price);
    candles.push({
      start,
      open: opening.price,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: closing.price,
      volume: closing.volume24h,
    });
  }
  return candles;
}

/**
 * The point next to `index` that is nearest to the instant, the earlier one if two are equally near; null when none
 * is within the limit.
 */
function nearest(
  points: readonly PricePoint[],
  index: number,
  instant: number,
  maxDistanceMs: number,
): PricePoint | null {
  let best: PricePoint | null = null;
  for (const point of [points[index - 1], points[index]]) {
    if (point === undefined || Math.abs(point.at - instant) > maxDistanceMs) continue;
    if (best === null || Math.abs(point.at - instant) < Math.abs(best.at - instant)) best = point;
  }
  return best;
}
