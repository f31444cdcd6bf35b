import type { Candle } from '../../../../shared/domain/candle.ts';

/**
 * The true range of a candle: the greatest of high − low, |high − previous close| and |low − previous close|; for the first candle,
 * high − low.
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems, 1978.
 */
export function trueRange({ high, low }: Candle, previousClose: number): number {
  if (Number.isNaN(previousClose)) return high - low;
  return Math.max(high, previousClose) - Math.min(low, previousClose);
}
