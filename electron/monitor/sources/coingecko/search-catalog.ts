import type { KnownCoin } from './suggest-coin.ts';

/** How well a coin fits the words: the lower the better; null when it does not. */
function misfit({ id, symbol, name }: KnownCoin, words: string): number | null {
  const texts = [id, symbol.toLowerCase(), name.toLowerCase()];
  if (texts.includes(words)) return 0;
  if (texts.some((text) => text.startsWith(words))) return 1;
  return texts.some((text) => text.includes(words)) ? 2 : null;
}

/**
 * Coins whose id, symbol or name holds the words: those that are the words first, then those that begin with them; among
 * equals the larger by market cap, then the shorter name.
 *
 * @param words trimmed and in lower case
 */
export function searchCatalog(
  words: string,
  coins: readonly KnownCoin[],
  most: number,
): readonly KnownCoin[] {
  const rankOf = ({ rank }: KnownCoin): number => rank ?? Number.MAX_SAFE_INTEGER;
  return coins
    .flatMap((coin) => {
      const cost = misfit(coin, words);
      return cost === null ? [] : [{ coin, cost }];
    })
    .toSorted(
      (a, b) => a.cost - b.cost || rankOf(a.coin) - rankOf(b.coin) || a.coin.name.length - b.coin.name.length,
    )
    .slice(0, most)
    .map(({ coin }) => coin);
}
