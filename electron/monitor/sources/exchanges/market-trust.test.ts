import { describe, expect, it } from 'vitest';
import { createMarketTrust, type ReferencePrice } from './market-trust.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const KNOWN = { coinId: 'bitcoin', isKnown: true };
const LISTED = { coinId: 'bitcoin', isKnown: false };

function trustWith(price: number | null, observedAt = AT) {
  let reference: ReferencePrice | null = price === null ? null : { price, observedAt };
  const trust = createMarketTrust(() => reference);
  return {
    connect: (exchange = 'kraken') => trust.connect(exchange),
    setReference(next: number, at: number) {
      reference = { price: next, observedAt: at };
    },
  };
}

describe('a market found by its symbol', () => {
  it('is trusted when its price is within 10% of the reference', () => {
    expect(trustWith(100).connect().isTrusted(LISTED, 109, AT)).toBe(true);
    expect(trustWith(100).connect().isTrusted(LISTED, 89, AT)).toBe(false);
    expect(trustWith(100).connect().isTrusted(KNOWN, 150, AT)).toBe(false);
  });

  it('may crash after it was verified on its connection', () => {
    const trust = trustWith(100);
    const kraken = trust.connect();
    expect(kraken.isTrusted(LISTED, 100, AT)).toBe(true);
    for (const price of [70, 40]) expect(kraken.isTrusted(LISTED, price, AT)).toBe(true);
    expect(trust.connect('coinbase').isTrusted(LISTED, 40, AT)).toBe(false);
  });

  it('does not halve or double from one trade to the next, unless the reference does', () => {
    const trust = trustWith(100);
    const kraken = trust.connect();
    expect(kraken.isTrusted(LISTED, 100, AT)).toBe(true);
    for (const price of [49, 0.0001, 201]) expect(kraken.isTrusted(LISTED, price, AT)).toBe(false);
    expect(kraken.isTrusted(LISTED, 99, AT)).toBe(true);
    trust.setReference(45, AT + SECOND_MS);
    expect(kraken.isTrusted(LISTED, 44, AT + SECOND_MS)).toBe(true);
  });

  it('is compared again on each connection', () => {
    const trust = trustWith(100);
    expect(trust.connect().isTrusted(LISTED, 100, AT)).toBe(true);
    expect(trust.connect().isTrusted(LISTED, 0.001, AT)).toBe(false);
    expect(trust.connect().isTrusted(LISTED, 99, AT)).toBe(true);
  });

  it('may reconnect during a crash that the reference has not followed', () => {
    const trust = trustWith(100);
    const first = trust.connect();
    for (const price of [100, 92, 80]) expect(first.isTrusted(LISTED, price, AT)).toBe(true);
    expect(trust.connect().isTrusted(LISTED, 78, AT + SECOND_MS)).toBe(true);
  });

  it('is rejected when the reference has had time to follow and has not, until they agree', () => {
    const trust = trustWith(100);
    const kraken = trust.connect();
    expect(kraken.isTrusted(LISTED, 100, AT)).toBe(true);
    expect(kraken.isTrusted(LISTED, 85, AT)).toBe(true);
    trust.setReference(100, AT + 2 * MINUTE_MS);
    expect(kraken.isTrusted(LISTED, 85, AT + 2 * MINUTE_MS)).toBe(true);
    trust.setReference(100, AT + 2 * MINUTE_MS + 1);
    expect(kraken.isTrusted(LISTED, 85, AT + 2 * MINUTE_MS + 1)).toBe(false);
    expect(trust.connect().isTrusted(LISTED, 85, AT + 2 * MINUTE_MS + 1)).toBe(false);
    trust.setReference(86, AT + 3 * MINUTE_MS);
    expect(kraken.isTrusted(LISTED, 85, AT + 3 * MINUTE_MS)).toBe(true);
  });

  it('may depart from the reference again, for as long, after they agreed', () => {
    const trust = trustWith(100);
    const kraken = trust.connect();
    expect(kraken.isTrusted(LISTED, 85, AT)).toBe(false);
    expect(kraken.isTrusted(LISTED, 95, AT)).toBe(true);
    trust.setReference(95, AT + HOUR_MS);
    expect(kraken.isTrusted(LISTED, 80, AT + HOUR_MS)).toBe(true);
  });

  it('is not disbelieved while it is quiet, so that its next trade may have moved with the reference', () => {
    const trust = trustWith(100);
    const kraken = trust.connect();
    expect(kraken.isTrusted(LISTED, 100, AT)).toBe(true);
    trust.setReference(88, AT + HOUR_MS / 2);
    // The state of the stream checks the newest trade again.
    for (let times = 0; times < 2; times++) expect(kraken.isTrusted(LISTED, 100, AT)).toBe(true);
    expect(kraken.isTrusted(LISTED, 75, AT + HOUR_MS / 2)).toBe(true);
  });

  it('is trusted without a fresh reference only for a well-known coin', () => {
    expect(trustWith(null).connect().isTrusted(KNOWN, 50, AT)).toBe(true);
    expect(trustWith(null).connect().isTrusted(LISTED, 50, AT)).toBe(false);
    expect(
      trustWith(100, AT - 2 * HOUR_MS)
        .connect()
        .isTrusted(KNOWN, 50, AT),
    ).toBe(true);
    expect(
      trustWith(100, AT - 2 * HOUR_MS)
        .connect()
        .isTrusted(LISTED, 100, AT),
    ).toBe(false);
  });

  it('is compared as soon as a reference exists', () => {
    const trust = trustWith(null);
    const kraken = trust.connect();
    for (const price of [50, 51]) expect(kraken.isTrusted(KNOWN, price, AT)).toBe(true);
    trust.setReference(100, AT);
    expect(kraken.isTrusted(KNOWN, 51, AT)).toBe(false);
  });
});
