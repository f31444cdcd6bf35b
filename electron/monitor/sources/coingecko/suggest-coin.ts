import { distance } from 'fastest-levenshtein';

export type KnownCoin = {
  readonly id: string;
  readonly symbol: string;
  readonly name: string;
  /** Rank by market cap, 1 for the largest; null for coins that are not among the largest. */
  readonly rank: number | null;
};

export type Suggestion = { readonly coin: KnownCoin; readonly by: 'id' | 'symbol' | 'name' };

/**
 * The largest accepted edit distance for a word of this length. It is 2 for most words, because swapping two letters
 * counts as 2.
 */
function maxEdits(length: number): number {
  if (length <= 2) return 0;
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
}

/** Keeps only letters and digits, so that "Bitcoin Cash", "bitcoin-cash" and "bitcoincash" are equal. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Finds the coin that was most likely meant by a symbol, a name, or a misspelt id or name. Large coins are preferred,
 * because hundreds of obscure ones share symbols and similar names with them.
 */
export function suggestCoin(typed: string, coins: readonly KnownCoin[]): Suggestion | null {
  const word = plain(typed);
  if (word === '') return null;
  const allowed = maxEdits(word.length);
  let best: { readonly suggestion: Suggestion; readonly cost: number } | null = null;

  const offer = (coin: KnownCoin, by: Suggestion['by'], edits: number): void => {
    // Not being among the largest costs as much as one edit.
    const cost = edits + (coin.rank === null ? 1 : 0);
    if (
      best !== null &&
      (cost > best.cost || (cost === best.cost && !isMoreProminent(coin, best.suggestion.coin)))
    ) {
      return;
    }
    best = { suggestion: { coin, by }, cost };
  };
  const offerWord = (coin: KnownCoin, by: 'id' | 'name', candidate: string): void => {
    if (candidate === '' || Math.abs(candidate.length - word.length) > allowed) return;
    const edits = distance(word, candidate);
    if (edits <= allowed) offer(coin, by, edits);
  };

  for (const coin of coins) {
    offerWord(coin, 'id', plain(coin.id));
    if (plain(coin.symbol) === word) offer(coin, 'symbol', 0);
    offerWord(coin, 'name', plain(coin.name));
  }
  return (best as { readonly suggestion: Suggestion } | null)?.suggestion ?? null;
}

function isMoreProminent(a: KnownCoin, b: KnownCoin): boolean {
  const rankOf = (coin: KnownCoin): number => coin.rank ?? Number.POSITIVE_INFINITY;
  if (rankOf(a) !== rankOf(b)) return rankOf(a) < rankOf(b);
  return a.id.length < b.id.length;
}
