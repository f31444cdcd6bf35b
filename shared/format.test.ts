import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatCoinName,
  formatCompact,
  formatNumber,
  formatPct,
  formatPrice,
  priceDecimals,
} from './format.ts';

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
    [1_234, 'sats', '1,234.00\u00a0SATS'],
    [12, 'aud', '12.00\u00a0AUD'],
  ])('writes %d in %s as %s', (price, currency, expected) => {
    expect(formatPrice(price, currency)).toBe(expected);
  });

  it('loses less than one part in a thousand of any price', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-10, max: 1e9, noNaN: true }), (price) => {
        const shown = Number(formatNumber(price, priceDecimals(price)).replaceAll(',', ''));
        expect(Math.abs(shown - price) / price).toBeLessThan(1e-3);
      }),
    );
  });
});

describe('formatPct', () => {
  it.each([
    [0.424, '+0.42\u00a0%'],
    [-12.3, '−12.30\u00a0%'],
    [0, '0.00\u00a0%'],
    [-0.001, '0.00\u00a0%'],
    [1_234.5, '+1,234.50\u00a0%'],
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
  ])('writes %d as %s', (value, expected) => {
    expect(formatCompact(value)).toBe(expected);
  });
});

describe('formatCoinName', () => {
  it.each([
    ['bitcoin', 'Bitcoin'],
    ['usd-coin', 'USD Coin'],
    ['avalanche-2', 'Avalanche 2'],
    ['the_open-network', 'The Open Network'],
  ])('reads %s as %s', (id, expected) => {
    expect(formatCoinName(id)).toBe(expected);
  });
});
