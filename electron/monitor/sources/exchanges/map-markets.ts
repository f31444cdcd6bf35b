/** A spot market of an exchange under ccxt's unified name, such as `BTC/USD`. */
export type ExchangeMarket = { readonly symbol: string; readonly base: string; readonly quote: string };

/** A coin's trading symbol. `isKnown` is false when it comes from a catalog and may belong to another coin on an exchange. */
export type CoinSymbol = { readonly symbol: string; readonly isKnown: boolean };

export type MappedMarket = {
  readonly coinId: string;
  /** The exchange's market in ccxt's unified name. */
  readonly symbol: string;
  /** False when the symbol may be another coin's: its price must be compared with the reference before it is used. */
  readonly isKnown: boolean;
};

/**
 * Finds the market of each coin in exactly the requested quote currency; a market in a stablecoin does not count as
 * one in dollars. A symbol shared by two of the coins goes to the well-known one, or to neither.
 */
export function mapMarkets(
  coins: readonly string[],
  vsCurrency: string,
  markets: readonly ExchangeMarket[],
  symbolOf: (coinId: string) => CoinSymbol | null,
): readonly MappedMarket[] {
  const quote = vsCurrency.toUpperCase();
  const byBase = new Map(
    markets.filter((market) => market.quote === quote).map((market) => [market.base, market.symbol]),
  );
  const claims = coins.flatMap((coinId) => {
    const found = symbolOf(coinId);
    const base = found?.symbol.toUpperCase();
    const symbol = base === undefined ? undefined : byBase.get(base);
    return found === null || symbol === undefined ? [] : [{ coinId, symbol, isKnown: found.isKnown }];
  });
  return claims.filter((claim) => {
    const rivals = claims.filter((other) => other.symbol === claim.symbol && other !== claim);
    return rivals.length === 0 || (claim.isKnown && rivals.every((rival) => !rival.isKnown));
  });
}
