/** Formatters are expensive to create, so there is one for each number of decimals. */
const formatters = new Map<string, Intl.NumberFormat>();

function numberFormat(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat('en-US', options);
  formatters.set(key, made);
  return made;
}

/** Larger numbers are written in billions or trillions. */
export const LARGE = 1e10;
const UNITS = [
  { power: 12, sign: 'T' },
  { power: 9, sign: 'B' },
] as const;

/**
 * Formats a number with grouped thousands and exactly `decimals` decimals: `64,123.45`. From 10 billion on it is in billions
 * or trillions, to the same digit: `1.2346T`. Many zeros after the point are replaced by their count, as on CoinGecko:
 * `0.0₁₄1500` is 0.00000000000000150. A negative number has a true minus, and one that is rounded to zero has none.
 *
 * @param decimals negative for a number that is rounded to tens, hundreds and so on
 */
export function formatNumber(value: number, decimals: number): string {
  const unit =
    Math.abs(value) >= LARGE ? UNITS.find(({ power }) => Math.abs(value) >= 10 ** power) : undefined;
  if (unit !== undefined) {
    return withTrueMinus(
      `${fixed(value / 10 ** unit.power, Math.max(0, decimals + unit.power))}${unit.sign}`,
    );
  }
  return withCountedZeros(fixed(value, Math.max(0, decimals)));
}

function fixed(value: number, decimals: number): string {
  return numberFormat(`number:${decimals}`, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: 'negative',
  }).format(value);
}

/** The most zeros after the point that can be counted at a glance. */
const MAX_ZEROS = 6;

/** `0.00000000123` as `0.0₈123`, and nothing but zeros as `0`; a negative number has a true minus. */
function withCountedZeros(digits: string): string {
  if (/^-?0\.0+$/.test(digits) && digits.length > MAX_ZEROS + 2) return '0';
  const [, sign, zeros = '', rest] = /^(-?)0\.(0+)([1-9].*)$/.exec(digits) ?? [];
  return withTrueMinus(zeros.length <= MAX_ZEROS ? digits : `${sign}0.0${subscript(zeros.length)}${rest}`);
}

/** As wide as a plus and as a digit, unlike the hyphen that `Intl` writes. */
const withTrueMinus = (digits: string): string => digits.replace('-', '−');

const subscript = (count: number): string =>
  [...String(count)].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join('');

/** A number in few characters: `23.4B`, `1.2M`, `950`. */
export function formatCompact(value: number): string {
  return withCountedZeros(
    numberFormat('compact', {
      notation: 'compact',
      maximumSignificantDigits: 3,
      signDisplay: 'negative',
    }).format(value),
  );
}

/** A number as it was entered, with grouped thousands: `60,000`, `0.000012`. */
export function formatGrouped(value: number): string {
  return withTrueMinus(numberFormat('grouped', { maximumSignificantDigits: 15 }).format(value));
}
