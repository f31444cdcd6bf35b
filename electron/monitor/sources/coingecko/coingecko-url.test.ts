import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callKindOf, splitIds, withPlainCommas } from './coingecko-url.ts';

describe('callKindOf', () => {
  it.each([
    ['https://api.coingecko.com/api/v3/simple/price?ids=bitcoin', 'price'],
    ['http://127.0.0.1:80/coins/bitcoin/market_chart?days=1', 'history'],
    ['http://proxy/cg/api/v3/coins/zcash/market_chart/range?from=1', 'history'],
    ['https://api.coingecko.com/api/v3/coins/bitcoin/ohlc', 'history'],
    ['https://api.coingecko.com/api/v3/search?query=/simple/price', 'catalog'],
    ['https://api.coingecko.com/api/v3/coins/list', 'catalog'],
    ['https://api.coingecko.com/api/v3/ping', 'catalog'],
  ] as const)('classifies %s as %s', (url, kind) => {
    expect(callKindOf(url)).toBe(kind);
  });
});

describe('the coins of one request', () => {
  it('are separated by unescaped commas', () => {
    expect(withPlainCommas('http://host/simple/price?ids=a%2Cb&x=%2F')).toBe(
      'http://host/simple/price?ids=a,b&x=%2F',
    );
  });

  it('are all watched coins, up to 500 of ordinary length', () => {
    const coins = Array.from({ length: 500 }, (_, index) => `some-coin-${index}`);
    expect(splitIds(coins)).toEqual([coins]);
    expect(splitIds([])).toEqual([]);
  });

  it('are split in order, without loss, into as few URLs of at most 8,000 characters as needed', () => {
    const ids = fc.array(fc.stringMatching(/^[a-z0-9-]{1,60}$/), { minLength: 1, maxLength: 500 });
    fc.assert(
      fc.property(ids, (coins) => {
        const groups = splitIds(coins);
        expect(groups.flat()).toEqual(coins);
        const lengths = groups.map((group) => group.join(',').length);
        for (const length of lengths) expect(length).toBeLessThanOrEqual(7_700);
        // Two neighboring groups never fit into one.
        for (let index = 1; index < lengths.length; index++) {
          const first = groups[index]?.[0] ?? '';
          expect((lengths[index - 1] ?? 0) + first.length + 2).toBeGreaterThan(7_700);
        }
      }),
      { numRuns: 50 },
    );
  });
});
