import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moved, withCoins } from './coin-order.ts';

describe('the order of coins', () => {
  it('changes only for the moved coin', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 1, 9)).toEqual(['a', 'c', 'b']);
  });

  it('loses no coin, and is the same after moving there and back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.nat(9), fc.nat(9), (coins, from, to) => {
        const there = moved(coins, from, to);
        expect(there.toSorted()).toEqual(coins.toSorted());
        if (from < coins.length && to < coins.length) expect(moved(there, to, from)).toEqual(coins);
      }),
    );
  });

  it('appends typed coins, each once', () => {
    expect(withCoins(['bitcoin'], ' Solana, bitcoin  zcash,')).toEqual(['bitcoin', 'solana', 'zcash']);
    expect(withCoins(['bitcoin'], ' ')).toEqual(['bitcoin']);
  });
});
