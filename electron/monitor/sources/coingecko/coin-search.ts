import { z } from 'zod';
import type { FoundCoin } from '../../../../shared/domain/found-coin.ts';
import { isCoinId } from '../../../../shared/settings/settings.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { CoinCatalog } from './coin-catalog.ts';
import { type CoinGeckoAccess, createCoinGeckoClient } from './coingecko-client.ts';
import { toFeedError } from './coingecko-error.ts';
import { searchCatalog } from './search-catalog.ts';

const MINUTE_MS = 60_000;
const ANSWER_AGE_MS = 10 * MINUTE_MS;
const ANSWERS_KEPT = 100;
/** What a list on the page can show; a longer word finds the rest. */
const MOST_RESULTS = 50;

const foundSchema = z.object({
  // What is offered must be what the settings accept.
  id: z.string().refine(isCoinId),
  symbol: z.string(),
  name: z.string(),
  market_cap_rank: z.int().positive().nullish(),
});
const answerSchema = z.object({ coins: z.array(z.unknown()) });

/** Finds coins by name, symbol or id. */
export type CoinSearch = {
  /**
   * The coins that the words mean, the best known first. The provider's own search; while that cannot be asked, the list
   * of all coins as it was last known.
   *
   * @throws FeedError when neither can be had, or the signal's reason when it aborts
   */
  find(query: string, signal: AbortSignal): Promise<readonly FoundCoin[]>;
};

export type CoinSearchOptions = {
  readonly access: () => CoinGeckoAccess;
  readonly catalog: CoinCatalog;
  readonly clock: Clock;
};

/** Answers are kept for ten minutes: people type, delete and type again, and each call counts against the month. */
export function createCoinSearch({ access, catalog, clock }: CoinSearchOptions): CoinSearch {
  const answers = new Map<string, { readonly coins: readonly FoundCoin[]; readonly until: number }>();

  const keep = (words: string, coins: readonly FoundCoin[]): void => {
    answers.delete(words);
    answers.set(words, { coins, until: clock.now() + ANSWER_AGE_MS });
    const oldest = answers.keys().next().value;
    if (answers.size > ANSWERS_KEPT && oldest !== undefined) answers.delete(oldest);
  };

  const ask = async (words: string, signal: AbortSignal): Promise<readonly FoundCoin[]> => {
    const used = access();
    try {
      const answer = await createCoinGeckoClient(used).search.get({ query: words }, { signal });
      return answerSchema.parse(answer).coins.flatMap(readFound).slice(0, MOST_RESULTS);
    } catch (error) {
      signal.throwIfAborted();
      throw toFeedError(error, used, clock.now());
    }
  };

  return {
    async find(query, signal) {
      const words = query.trim().toLowerCase();
      if (words === '') return [];
      const known = answers.get(words);
      if (known !== undefined && clock.now() < known.until) return known.coins;
      try {
        const coins = await ask(words, signal);
        keep(words, coins);
        return coins;
      } catch (error) {
        if (!(error instanceof FeedError)) throw error;
        const coins = await catalog.coins(signal);
        if (coins === null) throw error;
        return searchCatalog(words, coins, MOST_RESULTS);
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
