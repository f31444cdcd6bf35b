import { z } from 'zod';
import { isCoinId } from '../../../../shared/domain/coin-id.ts';
import type { FoundCoin } from '../../../../shared/domain/found-coin.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { CoinCatalog } from './coin-catalog.ts';
import { type CoinGeckoAccess, createCoinGeckoClient } from './coingecko-client.ts';
import { toFeedError } from './coingecko-error.ts';
import { searchCatalog } from './search-catalog.ts';

const MINUTE_MS = 60_000;
const CACHE_AGE_MS = 10 * MINUTE_MS;
const CACHE_SIZE = 100;
/** As many as a list on the page can show; a longer query finds the rest. */
const MAX_RESULTS = 50;

const foundSchema = z.object({
  // The search must return only ids that the settings accept.
  id: z.string().refine(isCoinId),
  symbol: z.string(),
  name: z.string(),
  market_cap_rank: z.int().positive().nullish(),
});
const responseSchema = z.object({ coins: z.array(z.unknown()) });

/** Finds coins by name, symbol or id. */
export type CoinSearch = {
  /**
   * Finds coins by the provider's search or, while that is unavailable, in the last known list of coins; the most
   * prominent first.
   *
   * @throws FeedError when both are unavailable, or the signal's reason when it aborts
   */
  find(query: string, signal: AbortSignal): Promise<readonly FoundCoin[]>;
};

export type CoinSearchOptions = {
  readonly access: () => CoinGeckoAccess;
  readonly catalog: CoinCatalog;
  readonly clock: Clock;
};

/**
 * Results are cached for ten minutes: people type, delete and type again, and each call counts against the monthly
 * limit.
 */
export function createCoinSearch({ access, catalog, clock }: CoinSearchOptions): CoinSearch {
  const cache = new Map<string, { readonly coins: readonly FoundCoin[]; readonly until: number }>();

  const keep = (normalized: string, coins: readonly FoundCoin[]): void => {
    cache.delete(normalized);
    cache.set(normalized, { coins, until: clock.now() + CACHE_AGE_MS });
    const oldest = cache.keys().next().value;
    if (cache.size > CACHE_SIZE && oldest !== undefined) cache.delete(oldest);
  };

  const search = async (normalized: string, signal: AbortSignal): Promise<readonly FoundCoin[]> => {
    const used = access();
    try {
      const response = await createCoinGeckoClient(used).search.get({ query: normalized }, { signal });
      return responseSchema.parse(response).coins.flatMap(readFound).slice(0, MAX_RESULTS);
    } catch (error) {
      signal.throwIfAborted();
      throw toFeedError(error, used, clock.now());
    }
  };

  return {
    async find(query, signal) {
      const normalized = query.trim().toLowerCase();
      if (normalized === '') return [];
      const known = cache.get(normalized);
      if (known !== undefined && clock.now() < known.until) return known.coins;
      try {
        const coins = await search(normalized, signal);
        keep(normalized, coins);
        return coins;
      } catch (error) {
        if (!(error instanceof FeedError)) throw error;
        const coins = await catalog.coins(signal);
        if (coins === null) throw error;
        return searchCatalog(normalized, coins, MAX_RESULTS);
      }
    },
  };
}

function readFound(entry: unknown): readonly FoundCoin[] {
  const found = foundSchema.safeParse(entry).data;
  if (found === undefined) return [];
  const { id, symbol, name, market_cap_rank: rank } = found;
  return [{ id, symbol: symbol.toLowerCase(), name, rank: rank ?? null }];
}
