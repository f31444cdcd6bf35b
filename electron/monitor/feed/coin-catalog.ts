import { z } from 'zod';
import { type CoinGeckoAccess, createCoinGeckoClient } from './coingecko-client.ts';
import type { KnownCoin } from './suggest-coin.ts';

const listedCoinSchema = z.object({ id: z.string(), symbol: z.string(), name: z.string() });
const rankedCoinSchema = z.object({ id: z.string(), market_cap_rank: z.int().positive() });
const listSchema = z.array(z.unknown());

/** The most that `/coins/markets` gives in one call. */
const RANKED_COINS = 250;

/**
 * Every coin that CoinGecko has a price for, about 17,000, the largest with their rank. Two calls: the list has no ranks,
 * and the ranked pages would be seventy. Without the ranks the list is still good.
 *
 * @throws what the client throws when the list cannot be had
 */
export async function fetchCoinCatalog(
  access: CoinGeckoAccess,
  signal: AbortSignal,
): Promise<readonly KnownCoin[]> {
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
    // Suggestions are then only by likeness, which is better than none.
    signal.throwIfAborted();
  }
  return listed.flatMap((entry) => {
    const coin = listedCoinSchema.safeParse(entry).data;
    return coin === undefined ? [] : [{ ...coin, rank: ranks.get(coin.id) ?? null }];
  });
}
