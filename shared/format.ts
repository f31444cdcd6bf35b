/** Formatters are costly to make and cheap to use; there is one per currency and number of decimals. */
const formatters = new Map<string, Intl.NumberFormat>();

function numberFormat(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat('en-US', options);
  formatters.set(key, made);
  return made;
}

/** From here on a number is written in billions or trillions. */
const LARGE = 1e10;
const UNITS = [
  { power: 12, sign: 'T' },
  { power: 9, sign: 'B' },
] as const;

/**
 * How many decimals a price of this size is shown with: none from 100,000 on, two above 10, four above 1, and four
 * significant digits below. From 10 billion on the number is negative: that many digits before the point are not shown.
 * It depends on the magnitude alone, so that a moving price keeps its width.
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
  return Math.min(MOST_DECIMALS, 3 - power);
}

/** The most that `Intl.NumberFormat` takes. */
const MOST_DECIMALS = 100;

/** Currencies that have a smaller unit by ISO 4217 but not in anybody's purse, and the smallest unit of bitcoin. */
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

/** By CLDR, which `Intl` holds; codes that it does not know have two. */
function isoDecimals(code: string): number | undefined {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: code }).resolvedOptions()
    .maximumFractionDigits;
}

/**
 * A number with grouped thousands and exactly `decimals` decimals: `64,123.45`. From 10 billion on it is written in billions
 * or trillions, to the same digit: `1.2346T`. Of many zeros after the point the count is written in their place, as
 * CoinGecko does: `0.0₁₄1500` is 0.00000000000000150.
 *
 * @param decimals negative for a number that is rounded to tens, hundreds and so on
 */
export function formatNumber(value: number, decimals: number): string {
  const unit =
    Math.abs(value) >= LARGE ? UNITS.find(({ power }) => Math.abs(value) >= 10 ** power) : undefined;
  if (unit !== undefined) {
    return `${fixed(value / 10 ** unit.power, Math.max(0, decimals + unit.power))}${unit.sign}`;
  }
  return withCountedZeros(fixed(value, Math.max(0, decimals)));
}

function fixed(value: number, decimals: number): string {
  return numberFormat(`number:${decimals}`, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/** So many zeros after the point can be told at a glance. */
const MOST_ZEROS = 6;

/** `0.00000000123` as `0.0₈123`, and nothing but zeros as `0`. */
function withCountedZeros(digits: string): string {
  if (/^-?0\.0+$/.test(digits) && digits.length > MOST_ZEROS + 2) return '0';
  const [, sign, zeros = '', rest] = /^(-?)0\.(0+)([1-9].*)$/.exec(digits) ?? [];
  return zeros.length <= MOST_ZEROS ? digits : `${sign}0.0${subscript(zeros.length)}${rest}`;
}

const subscript = (count: number): string =>
  [...String(count)].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join('');

/**
 * A price with its currency, as precise as its size asks for: `$64,123.45`, `€0.000001230`, `0.0523 BTC`.
 *
 * @param vsCurrency a CoinGecko quote currency, lower or upper case; not all are ISO currencies (`sats`, `btc`)
 * @param decimals to override `priceDecimals`, for prices that stand in one column
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
  const isZero = Math.abs(pct) < 0.005;
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
  return withCountedZeros(
    numberFormat('compact', { notation: 'compact', maximumSignificantDigits: 3 }).format(value),
  );
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

/** A coin's id as a name for people: `bitcoin` → `Bitcoin`, `usd-coin` → `USD Coin`. Of an id without words, the id. */
export function formatCoinName(coinId: string): string {
  const name = coinId
    .split(/[-_]+/)
    .filter((word) => word !== '')
    .map((word) =>
      ABBREVIATIONS.has(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ');
  return name === '' ? coinId : name;
}
