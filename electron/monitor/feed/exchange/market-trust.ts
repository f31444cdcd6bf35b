/** How far a mapped market may be from the reference price at first sight. */
const TOLERATED_PCT = 10;
/** An older reference says little: prices move by a tenth in a day, seldom in an hour. */
const OLDEST_REFERENCE_MS = 60 * 60_000;

export type ReferencePrice = { readonly price: number; readonly observedAt: number };

/**
 * Decides whether a market that was found by its symbol is this coin's. A first price within 10 % of the reference
 * settles it for good: from then on a market may crash without being disbelieved. Without a reference a well-known coin
 * is believed, one that was found by its symbol in a catalogue is not.
 */
export type MarketTrust = {
  isTrusted(
    market: { readonly coinId: string; readonly isKnown: boolean },
    exchange: string,
    price: number,
    at: number,
  ): boolean;
};

/** @param reference the newest price of the coin from the source that knows it by its id */
export function createMarketTrust(reference: (coinId: string) => ReferencePrice | null): MarketTrust {
  const settled = new Set<string>();
  return {
    isTrusted({ coinId, isKnown }, exchange, price, at) {
      const key = `${exchange}\n${coinId}`;
      if (settled.has(key)) return true;
      const known = reference(coinId);
      if (known === null || at - known.observedAt > OLDEST_REFERENCE_MS) return isKnown;
      const isNear = Math.abs(price / known.price - 1) * 100 <= TOLERATED_PCT;
      if (isNear) settled.add(key);
      return isNear;
    },
  };
}
