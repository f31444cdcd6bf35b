import { formatNumber, LARGE } from './number.ts';

/**
 * The number of decimals for a price of this magnitude: none from 100,000 on, two above 10, four above 1, and four
 * significant digits below. From 10 billion on it is negative: that many digits before the point are not shown. It depends
 * only on the magnitude, so that the width of a changing price is constant.
 *
 * @param vsCurrency a currency without a smaller unit, such as `jpy`, has no decimals from 100 on and fewer below
 */
export function priceDecimals(price: number, vsCurrency?: string): number {
  const size = Math.abs(price);
  if (size === 0) return vsCurrency !== undefined && hasNoDecimals(vsCurrency) ? 0 : 4;
  const power = Math.floor(Math.log10(size));
  if (size >= LARGE) return 4 - power;
  if (size >= 100_000) return 0;
  if (size >= 1 && vsCurrency !== undefined && hasNoDecimals(vsCurrency)) return Math.max(0, 2 - power);
  if (size >= 10) return 2;
  if (size >= 1) return 4;
  return Math.min(MAX_DECIMALS, 3 - power);
}

/** The limit of `Intl.NumberFormat`. */
const MAX_DECIMALS = 100;

/** Currencies whose smaller unit exists in ISO 4217 but is not in use, and the smallest unit of bitcoin. */
const WITHOUT_DECIMALS_IN_USE = new Set(['huf', 'idr', 'sats', 'twd']);

const knownWithoutDecimals = new Map<string, boolean>();

function hasNoDecimals(vsCurrency: string): boolean {
  const code = vsCurrency.toLowerCase();
  const known = knownWithoutDecimals.get(code);
  if (known !== undefined) return known;
  const found = WITHOUT_DECIMALS_IN_USE.has(code) || (/^[a-z]{3}$/.test(code) && isoDecimals(code) === 0);
  knownWithoutDecimals.set(code, found);
  return found;
}

/** According to CLDR, through `Intl`; two for unknown codes. */
function isoDecimals(code: string): number | undefined {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: code }).resolvedOptions()
    .maximumFractionDigits;
}

/**
 * Formats a price with its currency, with a precision that depends on its magnitude: `$64,123.45`, `€0.000001230`,
 * `0.0523 BTC`.
 *
 * @param vsCurrency a CoinGecko quote currency, lower or upper case; not all are ISO currencies (`sats`, `btc`)
 * @param decimals overrides `priceDecimals`, for prices in one column
 */
export function formatPrice(
  price: number,
  vsCurrency: string,
  decimals = priceDecimals(price, vsCurrency),
): string {
  const code = vsCurrency.toUpperCase();
  const symbol = CURRENCY_SYMBOLS[code];
  const digits = formatNumber(Math.abs(price), decimals);
  const sign = price < 0 ? '−' : '';
  return symbol === undefined ? `${sign}${digits}\u00a0${code}` : `${sign}${symbol}${digits}`;
}

/** Symbols of exactly one currency; other currencies are shown by their code. */
const CURRENCY_SYMBOLS: Readonly<Record<string, string>> = {
  USD: '$',
  EUR: '€',
  GBP: '£',
  JPY: '¥',
  INR: '₹',
  KRW: '₩',
  UAH: '₴',
  NGN: '₦',
  VND: '₫',
  ILS: '₪',
  PHP: '₱',
  TRY: '₺',
};
