/** How far a market's price may be from the coin's known price. */
const MAX_DEVIATION_PCT = 10;
/** Older prices are not compared: a coin may move by 10% in a day, but seldom in an hour. */
const MAX_REFERENCE_AGE_MS = 60 * 60_000;
/** No real trade doubles or halves the price of the one before. */
const MAX_PRICE_RATIO = 2;
/**
 * The reference follows a move of the market within this time: it is polled every few minutes, and its prices are up
 * to a minute old.
 */
const FOLLOWS_WITHIN_MS = 2 * 60_000;

export type ReferencePrice = { readonly price: number; readonly observedAt: number };

type TrustedMarket = { readonly coinId: string; readonly isKnown: boolean };

/**
 * Checks whether the prices of a market on one connection are those of its coin.
 *
 * @param at when the price was made, in ms
 */
export type ConnectionTrust = { isTrusted(market: TrustedMarket, price: number, at: number): boolean };

/**
 * Decides whether a market found by its symbol is a coin's own, separately for each connection, because the same name may mean
 * another coin in another part of an exchange. A market becomes verified when a price is within 10% of the reference or of the
 * market's last verified price. With neither, a well-known coin is trusted and a coin found in a catalog is not.
 *
 * A verified market may crash trade by trade, before the reference follows. A price of less than half or more than
 * twice the one before is rejected until the reference has followed. If the reference is still more than 10% away
 * after two minutes, the market did not move: all of its prices are rejected until the two agree.
 */
export type MarketTrust = { connect(exchange: string): ConnectionTrust };

/** @param reference the newest price of the coin from the source that identifies coins by id */
export function createMarketTrust(reference: (coinId: string) => ReferencePrice | null): MarketTrust {
  /** The last price of a verified market, by exchange and coin. */
  const lastVerified = new Map<string, ReferencePrice>();
  return {
    connect(exchange) {
      /** The last price of each market verified on this connection. */
      const verified = new Map<string, ReferencePrice>();
      /** When a verified market departed from the reference. */
      const departedAt = new Map<string, number>();

      /** Whether the reference has not yet had time to follow a verified market. */
      const mayFollow = (coinId: string, { observedAt }: ReferencePrice, at: number): boolean => {
        const since = departedAt.get(coinId) ?? at;
        departedAt.set(coinId, since);
        return observedAt - since <= FOLLOWS_WITHIN_MS;
      };

      return {
        isTrusted({ coinId, isKnown }, price, at) {
          const key = `${exchange}\n${coinId}`;
          const fresh = freshOf(reference(coinId), at);
          const last = freshOf(lastVerified.get(key) ?? null, at);
          const own = verified.get(coinId);
          if (fresh !== null && isNear(price, fresh)) {
            departedAt.delete(coinId);
          } else if (own !== undefined) {
            // The same price is checked again while the market is quiet: its next price may follow the reference.
            if (own.price === price && own.observedAt === at) return true;
            if (last !== null && isJump(price, last)) return false;
            if (fresh !== null && !mayFollow(coinId, fresh, at)) {
              verified.delete(coinId);
              lastVerified.delete(key);
              return false;
            }
          } else if (last === null || !isNear(price, last)) {
            // Trusted for now, and compared once a reference exists.
            return fresh === null && isKnown && !departedAt.has(coinId);
          }
          const accepted = { price, observedAt: at };
          verified.set(coinId, accepted);
          lastVerified.set(key, accepted);
          return true;
        },
      };
    },
  };
}

function freshOf(known: ReferencePrice | null, at: number): ReferencePrice | null {
  return known !== null && at - known.observedAt <= MAX_REFERENCE_AGE_MS ? known : null;
}

function isJump(price: number, { price: known }: ReferencePrice): boolean {
  return price > known * MAX_PRICE_RATIO || price < known / MAX_PRICE_RATIO;
}

function isNear(price: number, { price: known }: ReferencePrice): boolean {
  return Math.abs(price / known - 1) * 100 <= MAX_DEVIATION_PCT;
}
