/** A spot market of an exchange under ccxt's unified name, `BTC/USD`. */
export type ExchangeMarket = { readonly symbol: string; readonly base: string; readonly quote: string };

/** A coin's trading symbol, and whether it is certain or only what a catalogue says. */
export type CoinSymbol = { readonly symbol: string; readonly isKnown: boolean };

export type MappedMarket = {
  readonly coinId: string;
  /** The exchange's market in ccxt's unified name. */
  readonly symbol: string;
  /** False: the symbol may be another coin's, and a price must be compared before it is believed. */
  readonly isKnown: boolean;
};

/**
 * The market of each coin in exactly the quote currency that is wanted. Dollars are dollars: a market in a token that is
 * pegged to them is another market. A symbol that two of the coins share belongs to the known one, or to neither.
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
