import type { Candle } from '../../../shared/domain/candle.ts';

export type RuleFiring = { readonly index: number; readonly direction: 'up' | 'down' };

/**
 * Where a rule with this band would have fired: at each close that leaves the band on a side, once until the price is within it
 * again. Closes are fewer than the prices that the rule sees, so it may have fired in between as well.
 *
 * @param upper parallel to the candles, as `lower`; NaN where there is no band
 */
export function ruleFirings(
  candles: readonly Candle[],
  upper: Float64Array,
  lower: Float64Array,
): readonly RuleFiring[] {
  const firings: RuleFiring[] = [];
  let side: 'in' | 'up' | 'down' = 'in';
  for (const [index, { close }] of candles.entries()) {
    const [top, bottom] = [upper[index] ?? Number.NaN, lower[index] ?? Number.NaN];
    if (Number.isNaN(top) || Number.isNaN(bottom)) {
      side = 'in';
      continue;
    }
    const now = close > top ? 'up' : close < bottom ? 'down' : 'in';
    if (now !== 'in' && now !== side) firings.push({ index, direction: now });
    side = now;
  }
  return firings;
}
