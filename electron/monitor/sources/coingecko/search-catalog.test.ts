import { describe, expect, it } from 'vitest';
import { searchCatalog } from './search-catalog.ts';
import type { KnownCoin } from './suggest-coin.ts';

const coin = (id: string, symbol: string, name: string, rank: number | null = null): KnownCoin => ({
  id,
  symbol,
  name,
  rank,
});
const COINS = [
  coin('batcat', 'btc', 'batcat'),
  coin('bitcoin-cash', 'bch', 'Bitcoin Cash', 11),
  coin('wrapped-bitcoin', 'wbtc', 'Wrapped Bitcoin', 15),
  coin('bitcoin', 'btc', 'Bitcoin', 1),
  coin('zcash', 'zec', 'Zcash', 13),
];
const found = (query: string) => searchCatalog(query, COINS, 10).map(({ id }) => id);

describe('searchCatalog', () => {
  it('ranks the exact match before similar coins', () => {
    expect(found('btc')).toEqual(['bitcoin', 'batcat', 'wrapped-bitcoin']);
    expect(found('bitcoin')).toEqual(['bitcoin', 'bitcoin-cash', 'wrapped-bitcoin']);
  });

  it('finds by name, symbol and id', () => {
    expect([found('zcash'), found('zec'), found('wrapped-')]).toEqual([
      ['zcash'],
      ['zcash'],
      ['wrapped-bitcoin'],
    ]);
  });

  it('returns nothing without a match, and no more than the limit', () => {
    expect(found('xyzzy')).toEqual([]);
    expect(searchCatalog('c', COINS, 2)).toHaveLength(2);
  });
});
