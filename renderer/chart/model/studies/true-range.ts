import type { Candle } from '../../../../shared/domain/candle.ts';

/**
 * How far the price has moved within a candle, counted from the close before it: the greatest of high − low, |high − previous
 * close| and |low − previous close|; high − low for the first.
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems, 1978.
 */
export function trueRange({ high, low }: Candle, previousClose: number): number {
  if (Number.isNaN(previousClose)) return high - low;
  return Math.max(high, previousClose) - Math.min(low, previousClose);
}
