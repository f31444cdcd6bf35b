import { z } from 'zod';
import { isCoinId } from '../../../../shared/domain/coin-id.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { type CoinGeckoAccess, createCoinGeckoClient } from './coingecko-client.ts';
import { toFeedError } from './coingecko-error.ts';
import type { KnownCoin } from './suggest-coin.ts';

const listedCoinSchema = z.object({ id: z.string().refine(isCoinId), symbol: z.string(), name: z.string() });
const rankedCoinSchema = z.object({ id: z.string(), market_cap_rank: z.int().positive() });
const listSchema = z.array(z.unknown());

/** The maximum number of coins that `/coins/markets` returns in one request. */
const RANKED_COINS = 250;

/**
 * Fetches every coin that CoinGecko has a price for, about 17,000, with the ranks of the largest. It takes two
 * requests: the list has no ranks, and all ranked pages would be seventy. If the ranks fail, the list is returned
 * without them.
 *
 * @throws the client's error when the list cannot be fetched
 */
async function fetchCoinCatalog(access: CoinGeckoAccess, signal: AbortSignal): Promise<readonly KnownCoin[]> {
  const client = createCoinGeckoClient(access);
  const listed = listSchema.parse(await client.coins.list.get({}, { signal }));
  const ranks = new Map<string, number>();
  try {
    const query = { vs_currency: 'usd', order: 'market_cap_desc', per_page: RANKED_COINS } as const;
    for (const entry of listSchema.parse(await client.coins.markets.get(query, { signal }))) {
      const coin = rankedCoinSchema.safeParse(entry).data;
      if (coin !== undefined) ranks.set(coin.id, coin.market_cap_rank);
    }
  } catch {
    // Without ranks, suggestions go only by similarity.
    signal.throwIfAborted();
  }
  return listed.flatMap((entry) => {
    const coin = listedCoinSchema.safeParse(entry).data;
    return coin === undefined ? [] : [{ ...coin, rank: ranks.get(coin.id) ?? null }];
  });
}

const MINUTE_MS = 60_000;
/** A day-old list is good enough: a mistyped id rarely means a coin listed today. */
const CATALOG_AGE_MS = 24 * 60 * MINUTE_MS;
/** Delay after a failure. Suggestions must not use up the call budget. */
const RETRY_MS = 10 * MINUTE_MS;

/** The list of coins, fetched on first use and at most once a day. */
export type CoinCatalog = {
  /**
   * Returns the list, after fetching it if the known one is too old. Null while it is unavailable.
   *
   * @throws the signal's reason when it aborts
   */
  coins(signal: AbortSignal): Promise<readonly KnownCoin[] | null>;
};

export type CoinCatalogOptions = {
  readonly access: () => CoinGeckoAccess;
  readonly clock: Clock;
  readonly log: Logger;
};

export function createCoinCatalog({ access, clock, log }: CoinCatalogOptions): CoinCatalog {
  let catalog: readonly KnownCoin[] | null = null;
  let nextFetchAt = Number.NEGATIVE_INFINITY;
  /** Several callers may wait for one fetch. It is aborted when the last of them aborts. */
  type Fetch = { readonly done: Promise<void>; readonly controller: AbortController; waiting: number };
  let current: Fetch | null = null;

  const fetchCatalog = async (signal: AbortSignal): Promise<void> => {
    const used = access();
    try {
      catalog = await fetchCoinCatalog(used, signal);
      nextFetchAt = clock.now() + CATALOG_AGE_MS;
    } catch (error) {
      if (signal.aborted) return;
      nextFetchAt = clock.now() + RETRY_MS;
      const err = toFeedError(error, used, clock.now());
      log.info({ err }, 'the list of coins is unavailable; unknown ids are reported without a suggestion');
    }
  };

  const startFetch = (): Fetch => {
    const controller = new AbortController();
    const done = fetchCatalog(controller.signal).finally(() => {
      if (current === started) current = null;
    });
    const started: Fetch = { done, controller, waiting: 0 };
    return started;
  };

  return {
    async coins(signal) {
      signal.throwIfAborted();
      if (clock.now() >= nextFetchAt) current ??= startFetch();
      if (current === null) return catalog;
      const joined = current;
      joined.waiting++;
      try {
        await unlessAborted(signal, joined.done);
      } finally {
        joined.waiting--;
        if (joined.waiting === 0 && current === joined) {
          current = null;
          joined.controller.abort();
        }
      }
      return catalog;
    },
  };
}
