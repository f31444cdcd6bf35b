/**
 * Rounds a price to the requested number of digits.
 *
 * @param precision `full`, a number of decimal places, or null for CoinGecko's default: about six digits for small
 * prices and two places for large
 */
export function roundPrice(price: number, precision: string | null): number {
  if (precision === 'full') return price;
  if (precision !== null && /^\d{1,2}$/.test(precision)) return Number(price.toFixed(Number(precision)));
  return price >= 1 ? Number(price.toFixed(2)) : Number(price.toPrecision(6));
}
