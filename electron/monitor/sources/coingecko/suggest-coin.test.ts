import { describe, expect, it } from 'vitest';
import { type KnownCoin, suggestCoin } from './suggest-coin.ts';

const COINS: readonly KnownCoin[] = [
  { id: 'batcat', symbol: 'btc', name: 'Batcat', rank: null },
  { id: 'bitcoin', symbol: 'btc', name: 'Bitcoin', rank: 1 },
  { id: 'bitcoin-cash', symbol: 'bch', name: 'Bitcoin Cash', rank: 14 },
  { id: 'bitcone', symbol: 'cone', name: 'BitCone', rank: null },
  { id: 'ethereum', symbol: 'eth', name: 'Ethereum', rank: 2 },
  { id: 'ethereum-classic', symbol: 'etc', name: 'Ethereum Classic', rank: 40 },
  { id: 'avalanche-2', symbol: 'avax', name: 'Avalanche', rank: 20 },
  { id: 'zcash', symbol: 'zec', name: 'Zcash', rank: 18 },
  { id: 'odd', symbol: '$', name: '', rank: null },
];

describe('suggestCoin', () => {
  it.each([
    ['bitconi', 'bitcoin', 'id'],
    ['btc', 'bitcoin', 'symbol'],
    ['BTC', 'bitcoin', 'symbol'],
    ['bitcoincash', 'bitcoin-cash', 'id'],
    ['bitcoin_cash', 'bitcoin-cash', 'id'],
    ['etherium', 'ethereum', 'id'],
    ['avalanche', 'avalanche-2', 'id'],
    ['avalanch', 'avalanche-2', 'id'],
    ['zec', 'zcash', 'symbol'],
    ['zcahs', 'zcash', 'id'],
    ['bitcone', 'bitcone', 'id'],
  ])('suggests for %j: %j', (typed, id, by) => {
    const suggestion = suggestCoin(typed, COINS);
    expect(suggestion?.coin.id).toBe(id);
    if (by === 'symbol') expect(suggestion?.by).toBe('symbol');
  });

  it('suggests nothing for a word that resembles no coin', () => {
    expect(suggestCoin('xyzzy-plugh', COINS)).toBeNull();
    expect(suggestCoin('--', COINS)).toBeNull();
    expect(suggestCoin('q', COINS)).toBeNull();
  });

  it('suggests nothing when no coins are known', () => {
    expect(suggestCoin('bitcoin', [])).toBeNull();
  });

  it('does not depend on the order of the list', () => {
    for (const typed of ['bitconi', 'btc', 'etc', 'zcahs']) {
      expect(suggestCoin(typed, COINS.toReversed())?.coin).toEqual(suggestCoin(typed, COINS)?.coin);
    }
  });
});
