import type { CoinCatalog } from './coin-catalog.ts';
import { type KnownCoin, suggestCoin } from './suggest-coin.ts';

/** Explains to people why a coin id has no price. */
export type CoinIdAdvisor = {
  /**
   * Returns a sentence for each id that is missing from the response. While the list of coins is unavailable, the
   * sentences contain no suggestion; a later call tries again.
   *
   * @throws the signal's reason when it aborts
   */
  advise(missing: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
};

export function createCoinIdAdvisor(catalog: CoinCatalog): CoinIdAdvisor {
  return {
    async advise(missing, signal) {
      signal.throwIfAborted();
      if (missing.length === 0) return new Map();
      const coins = await catalog.coins(signal);
      return new Map(missing.map((coinId) => [coinId, sentenceFor(coinId, coins)]));
    },
  };
}

function sentenceFor(coinId: string, catalog: readonly KnownCoin[] | null): string {
  if (catalog === null) return notAnId(coinId);
  if (catalog.some((coin) => coin.id === coinId)) return `CoinGecko has no price for "${coinId}" at present.`;
  return unknownCoin(coinId, catalog).message;
}

const notAnId = (coinId: string): string => `"${coinId}" is not a CoinGecko coin id.`;

/** The message for an id that is not in the list of coins, and the id that was probably meant. */
export function unknownCoin(
  coinId: string,
  catalog: readonly KnownCoin[],
): { readonly message: string; readonly meant: string | null } {
  const suggestion = suggestCoin(coinId, catalog);
  if (suggestion === null) {
    const message = `${notAnId(coinId)} The id is the "API ID" on the coin's page at coingecko.com.`;
    return { message, meant: null };
  }
  const { coin, by } = suggestion;
  const symbol = by === 'symbol' ? ` (symbol ${coin.symbol.toUpperCase()})` : '';
  return { message: `${notAnId(coinId)} Did you mean "${coin.id}"${symbol}?`, meant: coin.id };
}
