/** How far a market may be from what is known of the coin's price. */
const TOLERATED_PCT = 10;
/** An older price says little: prices move by a tenth in a day, seldom in an hour. */
const OLDEST_KNOWN_MS = 60 * 60_000;
/** No trade is made at twice or half the price of the one before. */
const LARGEST_STEP = 2;
/** The reference follows a move of the market within this time: it is asked every few minutes, and looks a minute back. */
const FOLLOWS_WITHIN_MS = 2 * 60_000;

export type ReferencePrice = { readonly price: number; readonly observedAt: number };

type TrustedMarket = { readonly coinId: string; readonly isKnown: boolean };

/**
 * Whether what one connection brings of a market is this coin's price.
 *
 * @param at when the price was made, in ms
 */
export type ConnectionTrust = { isTrusted(market: TrustedMarket, price: number, at: number): boolean };

/**
 * Decides whether a market that was found by its symbol is this coin's, for each connection anew: the same name may mean
 * another coin to another part of an exchange. A first price within 10 % of the reference, or of the last price of this
 * market that was believed, settles it. Without either a well-known coin is believed, one that was found by its symbol in
 * a catalogue is not.
 *
 * A settled market may crash, trade by trade: the reference comes later. A price of less than half or more than twice the
 * one before is not believed before the reference has followed. Where the reference has had two minutes to follow and is
 * still more than 10 % away, that was no move of the market, and nothing of it is believed until the two agree.
 */
export type MarketTrust = { connect(exchange: string): ConnectionTrust };

/** @param reference the newest price of the coin from the source that knows it by its id */
export function createMarketTrust(reference: (coinId: string) => ReferencePrice | null): MarketTrust {
  /** The last price of a settled market, by exchange and coin. */
  const believed = new Map<string, ReferencePrice>();
  return {
    connect(exchange) {
      /** The last price of each market that this connection has settled. */
      const settled = new Map<string, ReferencePrice>();
      /** When a settled market left the reference. */
      const departedAt = new Map<string, number>();

      /** Whether the reference has had no time yet to follow a settled market. */
      const mayFollow = (coinId: string, { observedAt }: ReferencePrice, at: number): boolean => {
        const since = departedAt.get(coinId) ?? at;
        departedAt.set(coinId, since);
        return observedAt - since <= FOLLOWS_WITHIN_MS;
      };

      return {
        isTrusted({ coinId, isKnown }, price, at) {
          const key = `${exchange}\n${coinId}`;
          const fresh = freshOf(reference(coinId), at);
          const last = freshOf(believed.get(key) ?? null, at);
          const own = settled.get(coinId);
          if (fresh !== null && isNear(price, fresh)) {
            departedAt.delete(coinId);
          } else if (own !== undefined) {
            // Asked again of a market that is quiet: its next price may have followed the reference.
            if (own.price === price && own.observedAt === at) return true;
            if (last !== null && isJump(price, last)) return false;
            if (fresh !== null && !mayFollow(coinId, fresh, at)) {
              settled.delete(coinId);
              believed.delete(key);
              return false;
            }
          } else if (last === null || !isNear(price, last)) {
            // Believed for now, and compared when there is something to compare with.
            return fresh === null && isKnown && !departedAt.has(coinId);
          }
          const taken = { price, observedAt: at };
          settled.set(coinId, taken);
          believed.set(key, taken);
          return true;
        },
      };
    },
  };
}

function freshOf(known: ReferencePrice | null, at: number): ReferencePrice | null {
  return known !== null && at - known.observedAt <= OLDEST_KNOWN_MS ? known : null;
}

function isJump(price: number, { price: known }: ReferencePrice): boolean {
  return price > known * LARGEST_STEP || price < known / LARGEST_STEP;
}

function isNear(price: number, { price: known }: ReferencePrice): boolean {
  return Math.abs(price / known - 1) * 100 <= TOLERATED_PCT;
}
