import type { DemoCoin } from '../coins.ts';

/** A market of the simulated exchanges: a coin and its quote currency. */
export type Pair = {
  readonly coin: DemoCoin;
  /** Code of the quote currency in lower case, as on CoinGecko. */
  readonly vsCurrency: string;
};

/** Every coin in each of these currencies, except a coin in itself. */
export function pairsOf(coins: readonly DemoCoin[], vsCurrencies: readonly string[]): readonly Pair[] {
  return coins.flatMap((coin) =>
    vsCurrencies
      .filter((vsCurrency) => vsCurrency !== coin.symbol)
      .map((vsCurrency) => ({ coin, vsCurrency })),
  );
}

/** The markets that one exchange lists, by their names there. */
export type Listing<M extends { readonly pair: Pair }> = {
  readonly markets: readonly M[];
  byName(name: string): M | undefined;
  byPair(pair: Pair): M | undefined;
};

/** @param namesOf all names that a request may use for a market */
export function createListing<M extends { readonly pair: Pair }>(
  markets: readonly M[],
  namesOf: (market: M) => readonly string[],
): Listing<M> {
  const byName = new Map(markets.flatMap((market) => namesOf(market).map((name) => [name, market])));
  const byPair = new Map(markets.map((market) => [market.pair, market]));
  return { markets, byName: (name) => byName.get(name), byPair: (pair) => byPair.get(pair) };
}

/** A market whose name is made of its base and quote currency. */
export type NamedMarket = {
  readonly pair: Pair;
  readonly name: string;
  readonly base: string;
  readonly quote: string;
};

/** The markets in some of the quote currencies; with the separator `-`, a name is like `BTC-EUR`. */
export function listingOf(
  pairs: readonly Pair[],
  vsCurrencies: readonly string[],
  separator: string,
): Listing<NamedMarket> {
  const markets = pairs
    .filter(({ vsCurrency }) => vsCurrencies.includes(vsCurrency))
    .map((pair) => {
      const [base, quote] = [pair.coin.symbol.toUpperCase(), pair.vsCurrency.toUpperCase()];
      return { pair, name: base + separator + quote, base, quote };
    });
  return createListing(markets, ({ name }) => [name]);
}
