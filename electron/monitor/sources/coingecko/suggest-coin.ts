import { distance } from 'fastest-levenshtein';

export type KnownCoin = {
  readonly id: string;
  readonly symbol: string;
  readonly name: string;
  /** Place by market cap, 1 the largest; null for the thousands that are not among the largest. */
  readonly rank: number | null;
};

export type Suggestion = { readonly coin: KnownCoin; readonly by: 'id' | 'symbol' | 'name' };

/** How many letters may be wrong in a word of this length. Two, where there are enough, so that a swap counts as one slip. */
function toleratedSlips(length: number): number {
  if (length <= 2) return 0;
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
}

/** Letters and digits alone: "Bitcoin Cash", "bitcoin-cash" and "bitcoincash" are the same word. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/**
 * The coin that a person most likely meant: by its symbol or name, or by a misspelt id or name. Large coins are preferred,
 * since hundreds of unknown ones carry the symbols and near-names of the well-known.
 */
export function suggestCoin(typed: string, coins: readonly KnownCoin[]): Suggestion | null {
  const word = plain(typed);
  if (word === '') return null;
  const tolerated = toleratedSlips(word.length);
  let best: { readonly suggestion: Suggestion; readonly cost: number } | null = null;

  const offer = (coin: KnownCoin, by: Suggestion['by'], slips: number): void => {
    // Being small costs as much as one more slip.
    const cost = slips + (coin.rank === null ? 1 : 0);
    if (
      best !== null &&
      (cost > best.cost || (cost === best.cost && !isMoreKnown(coin, best.suggestion.coin)))
    ) {
      return;
    }
    best = { suggestion: { coin, by }, cost };
  };
  const offerWord = (coin: KnownCoin, by: 'id' | 'name', candidate: string): void => {
    if (candidate === '' || Math.abs(candidate.length - word.length) > tolerated) return;
    const slips = distance(word, candidate);
    if (slips <= tolerated) offer(coin, by, slips);
  };

  for (const coin of coins) {
    offerWord(coin, 'id', plain(coin.id));
    if (plain(coin.symbol) === word) offer(coin, 'symbol', 0);
    offerWord(coin, 'name', plain(coin.name));
  }
  return (best as { readonly suggestion: Suggestion } | null)?.suggestion ?? null;
}

function isMoreKnown(a: KnownCoin, b: KnownCoin): boolean {
  const rankOf = (coin: KnownCoin): number => coin.rank ?? Number.POSITIVE_INFINITY;
  if (rankOf(a) !== rankOf(b)) return rankOf(a) < rankOf(b);
  return a.id.length < b.id.length;
}
