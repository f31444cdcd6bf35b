/** Formatters are costly to make and cheap to use; there is one per currency and number of decimals. */
const formatters = new Map<string, Intl.NumberFormat>();

function numberFormat(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat('en-US', options);
  formatters.set(key, made);
  return made;
}

/** The most decimals that are ever shown: enough for four significant digits of the smallest traded coins. */
const MOST_DECIMALS = 14;

/**
 * How many decimals a price of this size is shown with: none from 100,000 on, two above 10, four above 1, and four
 * significant digits below. The number depends on the magnitude alone, so that a moving price keeps its width.
 */
export function priceDecimals(price: number): number {
  const size = Math.abs(price);
  if (size >= 100_000) return 0;
  if (size >= 10) return 2;
  if (size >= 1 || size === 0) return 4;
  return Math.min(MOST_DECIMALS, 3 - Math.floor(Math.log10(size)));
}

/** A number with grouped thousands and exactly `decimals` decimals: `64,123.45`. */
export function formatNumber(value: number, decimals: number): string {
  return numberFormat(`number:${decimals}`, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/**
 * A price with its currency, as precise as its size asks for: `$64,123.45`, `€0.000001230`, `0.0523 BTC`.
 *
 * @param vsCurrency a CoinGecko quote currency, lower or upper case; not all are ISO currencies (`sats`, `btc`)
 * @param decimals to override `priceDecimals`, for prices that stand in one column
 */
export function formatPrice(price: number, vsCurrency: string, decimals = priceDecimals(price)): string {
  const code = vsCurrency.toUpperCase();
  const symbol = CURRENCY_SYMBOLS[code];
  const digits = formatNumber(Math.abs(price), decimals);
  const sign = price < 0 ? '−' : '';
  return symbol === undefined ? `${sign}${digits}\u00a0${code}` : `${sign}${symbol}${digits}`;
}

/** Signs that mean one currency only; the others are told by their code. */
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

/** A change in per cent, always with its sign (a true minus): `+0.42 %`, `−12.30 %`, `0.00 %`. */
export function formatPct(pct: number): string {
  const digits = formatNumber(Math.abs(pct), 2);
  const isZero = Number(digits.replaceAll(',', '')) === 0;
  const sign = isZero ? '' : pct > 0 ? '+' : '−';
  return `${sign}${digits}\u00a0%`;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * A length of time in its one or two largest units: `12 s`, `4 min`, `1 h 5 min`, `3 d 2 h`. Rounded down; a
 * negative length (clocks that disagree) is `0 s`.
 */
export function formatAge(ageMs: number): string {
  const ms = Math.max(0, ageMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)}\u00a0s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)}\u00a0min`;
  if (ms < DAY_MS) return twoUnits(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
  return twoUnits(ms, DAY_MS, 'd', HOUR_MS, 'h');
}

function twoUnits(ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const whole = Math.floor(ms / largeMs);
  const rest = Math.floor((ms - whole * largeMs) / smallMs);
  return rest === 0 ? `${whole}\u00a0${large}` : `${whole}\u00a0${large}\u00a0${rest}\u00a0${small}`;
}

/** A large number in few characters: `23.4B`, `1.2M`, `950`. */
export function formatCompact(value: number): string {
  return numberFormat('compact', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

const SOURCE_NAMES: Readonly<Record<string, string>> = {
  coingecko: 'CoinGecko',
  kraken: 'Kraken',
  coinbase: 'Coinbase',
  binance: 'Binance',
};

/** The name of a source of prices, for people. */
export function formatSource(source: string): string {
  return SOURCE_NAMES[source] ?? source;
}

/** Words of coin ids that are abbreviations and are written in capitals. */
const ABBREVIATIONS = new Set(['bnb', 'btc', 'dao', 'eth', 'eur', 'usd', 'usdc', 'usdt', 'xrp']);

/** A coin's id as a name for people: `bitcoin` → `Bitcoin`, `usd-coin` → `USD Coin`. */
export function formatCoinName(coinId: string): string {
  return coinId
    .split(/[-_]+/)
    .filter((word) => word !== '')
    .map((word) =>
      ABBREVIATIONS.has(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ');
}
