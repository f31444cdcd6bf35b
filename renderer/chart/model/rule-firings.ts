import type { Candle } from '../../../shared/domain/candle.ts';

export type RuleFiring = { readonly index: number; readonly direction: 'up' | 'down' };

/**
 * Where a rule with this band would have fired: at each close that leaves the band on one side, once until a close is within it
 * again. The rule is evaluated on more prices than these closes, so it may also have fired in between.
 *
 * @param upper one value for each candle, as `lower`; NaN without a band
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
