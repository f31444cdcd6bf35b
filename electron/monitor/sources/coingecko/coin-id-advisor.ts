import { type Message, message } from '../../../../shared/messages/message.ts';
import type { CoinCatalog } from './coin-catalog.ts';
import { type KnownCoin, suggestCoin } from './suggest-coin.ts';

/** Explains to people why a coin id has no price. */
export type CoinIdAdvisor = {
  /**
   * Why each of these ids has no price. While the list of coins is unavailable, the reasons contain no suggestion; a later
   * call tries again.
   *
   * @throws the signal's reason when it aborts
   */
  advise(missing: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Message>>;
};

export function createCoinIdAdvisor(catalog: CoinCatalog): CoinIdAdvisor {
  return {
    async advise(missing, signal) {
      signal.throwIfAborted();
      if (missing.length === 0) return new Map();
      const coins = await catalog.coins(signal);
      return new Map(missing.map((coinId) => [coinId, reasonOf(coinId, coins)]));
    },
  };
}

function reasonOf(coinId: string, catalog: readonly KnownCoin[] | null): Message {
  if (catalog === null) return message('coin.not-an-id', { coinId });
  if (catalog.some((coin) => coin.id === coinId)) return message('coin.no-price', { coinId });
  return unknownCoin(coinId, catalog).message;
}

/** The message for an id that is not in the list of coins, and the id that was probably meant. */
export function unknownCoin(
  coinId: string,
  catalog: readonly KnownCoin[],
): { readonly message: Message; readonly meant: string | null } {
  const suggestion = suggestCoin(coinId, catalog);
  if (suggestion === null) return { message: message('coin.unknown', { coinId }), meant: null };
  const { coin, by } = suggestion;
  const symbol = by === 'symbol' ? coin.symbol.toUpperCase() : null;
  return { message: message('coin.meant', { coinId, meant: coin.id, symbol }), meant: coin.id };
}
