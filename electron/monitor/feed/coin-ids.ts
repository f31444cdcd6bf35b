import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { fetchCoinCatalog } from './coin-catalog.ts';
import type { CoinGeckoAccess } from './coingecko-client.ts';
import { toFeedError } from './coingecko-error.ts';
import { type KnownCoin, suggestCoin } from './suggest-coin.ts';

const MINUTE_MS = 60_000;
/** Coins are listed by the dozen a day; a person who mistypes an id does not mean one of those. */
const CATALOG_AGE_MS = 24 * 60 * MINUTE_MS;
/** After a failure. A lookup is a courtesy, and must not eat the budget of calls. */
const RETRY_MS = 10 * MINUTE_MS;

/** Tells people why an id that they typed has no price. */
export type CoinIdAdvisor = {
  /**
   * A sentence for each id that the provider did not answer for. Where the list of coins cannot be had just now, the
   * sentence comes without a suggestion, and a later call tries again.
   *
   * @throws the signal's reason when it aborts
   */
  advise(missing: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
};

export type CoinIdAdvisorOptions = CoinGeckoAccess & { readonly clock: Clock; readonly log: Log };

/** An advisor that fetches CoinGecko's list of coins when first needed, and at most once a day. */
export function createCoinIdAdvisor(options: CoinIdAdvisorOptions): CoinIdAdvisor {
  const { clock, log } = options;
  let catalog: readonly KnownCoin[] | null = null;
  let nextFetchAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | null = null;

  const fetchCatalog = async (signal: AbortSignal): Promise<void> => {
    try {
      catalog = await fetchCoinCatalog(options, signal);
      nextFetchAt = clock.now() + CATALOG_AGE_MS;
    } catch (error) {
      if (signal.aborted) return;
      nextFetchAt = clock.now() + RETRY_MS;
      const err = toFeedError(error, options, clock.now());
      log.info({ err }, 'the list of coins cannot be had; unknown ids are told without a suggestion');
    } finally {
      fetching = null;
    }
  };

  return {
    async advise(missing, signal) {
      signal.throwIfAborted();
      if (missing.length === 0) return new Map();
      if (clock.now() >= nextFetchAt) fetching ??= fetchCatalog(signal);
      await fetching;
      signal.throwIfAborted();
      return new Map(missing.map((coinId) => [coinId, sentenceFor(coinId, catalog)]));
    },
  };
}

function sentenceFor(coinId: string, catalog: readonly KnownCoin[] | null): string {
  const notAnId = `"${coinId}" is not a CoinGecko coin id.`;
  if (catalog === null) return notAnId;
  if (catalog.some((coin) => coin.id === coinId)) return `CoinGecko has no price for "${coinId}" at present.`;
  const suggestion = suggestCoin(coinId, catalog);
  if (suggestion === null) return `${notAnId} The id is the "API ID" on the coin's page at coingecko.com.`;
  const { coin, by } = suggestion;
  if (by === 'symbol') return `${notAnId} Did you mean "${coin.id}" (symbol ${coin.symbol.toUpperCase()})?`;
  return `${notAnId} Did you mean "${coin.id}"?`;
}
