import type { KnownCoin } from './suggest-coin.ts';

/** How well a coin matches the query, the lower the better; null without a match. */
function matchCost({ id, symbol, name }: KnownCoin, query: string): number | null {
  const texts = [id, symbol.toLowerCase(), name.toLowerCase()];
  if (texts.includes(query)) return 0;
  if (texts.some((text) => text.startsWith(query))) return 1;
  return texts.some((text) => text.includes(query)) ? 2 : null;
}

/**
 * Finds coins whose id, symbol or name contains the query: exact matches first, then prefixes; among equals by market
 * cap, then by the length of the name.
 *
 * @param query trimmed and in lower case
 */
export function searchCatalog(
  query: string,
  coins: readonly KnownCoin[],
  limit: number,
): readonly KnownCoin[] {
  const rankOf = ({ rank }: KnownCoin): number => rank ?? Number.MAX_SAFE_INTEGER;
  return coins
    .flatMap((coin) => {
      const cost = matchCost(coin, query);
      return cost === null ? [] : [{ coin, cost }];
    })
    .toSorted(
      (a, b) => a.cost - b.cost || rankOf(a.coin) - rankOf(b.coin) || a.coin.name.length - b.coin.name.length,
    )
    .slice(0, limit)
    .map(({ coin }) => coin);
}
