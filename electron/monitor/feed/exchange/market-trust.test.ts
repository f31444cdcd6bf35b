import { describe, expect, it } from 'vitest';
import { createMarketTrust } from './market-trust.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const KNOWN = { coinId: 'bitcoin', isKnown: true };
const LISTED = { coinId: 'bitcoin', isKnown: false };

const trustWith = (price: number | null, observedAt = AT) =>
  createMarketTrust(() => (price === null ? null : { price, observedAt }));

describe('a market that was found by a symbol', () => {
  it('is believed when its price is within a tenth of the reference', () => {
    expect(trustWith(100).isTrusted(LISTED, 'kraken', 109, AT)).toBe(true);
    expect(trustWith(100).isTrusted(LISTED, 'kraken', 89, AT)).toBe(false);
    expect(trustWith(100).isTrusted(KNOWN, 'kraken', 150, AT)).toBe(false);
  });

  it('may crash once it was believed', () => {
    const trust = trustWith(100);
    expect(trust.isTrusted(LISTED, 'kraken', 100, AT)).toBe(true);
    expect(trust.isTrusted(LISTED, 'kraken', 40, AT)).toBe(true);
    expect(trust.isTrusted(LISTED, 'coinbase', 40, AT)).toBe(false);
  });

  it('is believed without a fresh reference only for a well-known coin', () => {
    expect(trustWith(null).isTrusted(KNOWN, 'kraken', 50, AT)).toBe(true);
    expect(trustWith(null).isTrusted(LISTED, 'kraken', 50, AT)).toBe(false);
    expect(trustWith(100, AT - 2 * 3_600_000).isTrusted(KNOWN, 'kraken', 50, AT)).toBe(true);
    expect(trustWith(100, AT - 2 * 3_600_000).isTrusted(LISTED, 'kraken', 100, AT)).toBe(false);
  });
});
