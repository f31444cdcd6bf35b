import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAge } from './age.ts';
import { formatCoinName } from './name.ts';
import { formatCompact, formatNumber } from './number.ts';
import { formatPct } from './percent.ts';
import { formatPrice, priceDecimals } from './price.ts';

/** Reads a number as a person does. */
function readNumber(text: string): number {
  const written = text.replaceAll(',', '').replace(/0([₀-₉]+)/, (_, count: string) => {
    const zeros = [...count].map((digit) => (digit.codePointAt(0) ?? 0) - 0x2080).join('');
    return '0'.repeat(Number(zeros));
  });
  const unit = { T: 1e12, B: 1e9 }[written.at(-1) ?? ''] ?? 1;
  return Number.parseFloat(written) * unit;
}

describe('formatPrice', () => {
  it.each([
    [0.00000123, 'usd', '$0.000001230'],
    [0.5, 'usd', '$0.5000'],
    [0.043217, 'eur', '€0.04322'],
    [1.23456, 'usd', '$1.2346'],
    [31.456, 'gbp', '£31.46'],
    [64_123.451, 'usd', '$64,123.45'],
    [123_456.4, 'usd', '$123,456'],
    [0.0523, 'btc', '0.05230\u00a0BTC'],
    [1_234, 'sats', '1,234\u00a0SATS'],
    [12, 'aud', '12.00\u00a0AUD'],
    [1.5e-15, 'usd', '$0.0₁₄1500'],
    [9.99996e-8, 'usd', '$0.00000010000'],
    [0.000000123, 'usd', '$0.0000001230'],
    [1e12, 'usd', '$1.0000T'],
    [987_654_321_012, 'idr', '987.65B\u00a0IDR'],
    [9_876_543_210, 'vnd', '₫9,876,543,210'],
    [11_234_567.8, 'jpy', '¥11,234,568'],
    [5_432.1, 'jpy', '¥5,432'],
    [123.456, 'krw', '₩123'],
    [35.123, 'jpy', '¥35.1'],
    [1.234, 'jpy', '¥1.23'],
    [0.0123456, 'jpy', '¥0.01235'],
    [1_234.5, 'clp', '1,235\u00a0CLP'],
    [1_234.5, 'huf', '1,235\u00a0HUF'],
    [0, 'usd', '$0.0000'],
  ])('writes %d in %s as %s', (price, currency, expected) => {
    expect(formatPrice(price, currency)).toBe(expected);
  });

  it('loses less than one part in a thousand of any price, in few characters', () => {
    const power = fc.double({ min: -18, max: 14, noNaN: true });
    fc.assert(
      fc.property(power, (exponent) => {
        const price = 10 ** exponent;
        const text = formatNumber(price, priceDecimals(price));
        expect(Math.abs(readNumber(text) - price) / price).toBeLessThan(1e-3);
        expect(text.length).toBeLessThanOrEqual(13);
      }),
    );
  });

  it('loses less than one part in a hundred of any price in yen', () => {
    fc.assert(
      fc.property(fc.double({ min: -18, max: 14, noNaN: true }), (exponent) => {
        const price = 10 ** exponent;
        const text = formatNumber(price, priceDecimals(price, 'jpy'));
        expect(Math.abs(readNumber(text) - price) / price).toBeLessThan(1e-2);
      }),
    );
  });
});

describe('formatPct', () => {
  it.each([
    [0.424, '+0.42%'],
    [-12.3, '−12.30%'],
    [0, '0.00%'],
    [-0.001, '0.00%'],
    [1_234.5, '+1,234.50%'],
  ])('writes %d as %s', (pct, expected) => {
    expect(formatPct(pct)).toBe(expected);
  });
});

describe('formatAge', () => {
  it.each([
    [-5_000, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [3_600_000, '1 h'],
    [3_900_000, '1 h 5 min'],
    [90_000_000, '1 d 1 h'],
    [172_800_000, '2 d'],
  ])('writes %d ms as %s', (ageMs, expected) => {
    expect(formatAge(ageMs).replaceAll('\u00a0', ' ')).toBe(expected);
  });
});

describe('formatCompact', () => {
  it.each([
    [950, '950'],
    [1_234_567, '1.23M'],
    [23_400_000_000, '23.4B'],
    [0.00000000123, '0.0₈123'],
    [-1_234_567, '−1.23M'],
    [-0.00000000123, '−0.0₈123'],
    [-0, '0'],
  ])('writes %d as %s', (value, expected) => {
    expect(formatCompact(value)).toBe(expected);
  });
});

describe('formatNumber', () => {
  it.each([
    [-12.345, 2, '−12.35'],
    [-0.001, 2, '0.00'],
    [-1.2346e12, -8, '−1.2346T'],
    [-0.0000000012, 10, '−0.0₈12'],
  ])('writes %d with %d decimals as %s', (value, decimals, expected) => {
    expect(formatNumber(value, decimals)).toBe(expected);
  });
});

describe('formatCoinName', () => {
  it.each([
    ['bitcoin', 'Bitcoin'],
    ['usd-coin', 'USD Coin'],
    ['avalanche-2', 'Avalanche 2'],
    ['_', '_'],
    ['-3', '3'],
    ['the_open-network', 'The Open Network'],
  ])('reads %s as %s', (id, expected) => {
    expect(formatCoinName(id)).toBe(expected);
  });
});
