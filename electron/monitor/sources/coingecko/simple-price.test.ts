import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tickSchema } from '../../../../shared/domain/tick.ts';
import { inWords } from '../../../../tests/text-of.ts';
import { readSimplePrice, simplePriceSchema } from './simple-price.ts';

const SECONDS = 1_779_092_258;
const good = {
  usd: 76_975,
  usd_market_cap: 1_542_226_908_349.84,
  usd_24h_vol: 29_096_603_418.89,
  usd_24h_change: -1.4093,
  last_updated_at: SECONDS,
};
const read = (response: Record<string, unknown>, coins: readonly string[] = ['bitcoin']) =>
  readSimplePrice(response, { coins, vsCurrency: 'usd' }, 'coingecko', SECONDS * 1_000 + 60_000);

describe('a response of /simple/price', () => {
  it('becomes ticks with the time in milliseconds', () => {
    expect(read({ bitcoin: good })).toEqual({
      ticks: [
        {
          coinId: 'bitcoin',
          vsCurrency: 'usd',
          observedAt: SECONDS * 1_000,
          price: 76_975,
          volume24h: 29_096_603_418.89,
          amount: null,
          marketCap: 1_542_226_908_349.84,
          change24hPct: -1.4093,
          source: 'coingecko',
        },
      ],
      missing: [],
      rejected: [],
      warnings: [],
    });
  });

  it('reports the missing coins', () => {
    expect(read({ bitcoin: good }, ['bitcoin', 'bitconi', 'toString']).missing).toEqual([
      'bitconi',
      'toString',
    ]);
  });

  it('ignores coins that were not requested', () => {
    expect(read({ bitcoin: good, dogecoin: good }).ticks.map((tick) => tick.coinId)).toEqual(['bitcoin']);
  });

  it.each([
    [{ ...good, usd: undefined }, 'there is no price in "usd"'],
    [{ ...good, usd: null }, 'the price is null, not a number above zero'],
    [{ ...good, usd: '76975' }, 'the price is text, not a number above zero'],
    [{ ...good, usd: 0 }, 'the price is zero, not a number above zero'],
    [{ ...good, usd: -1 }, 'the price is negative, not a number above zero'],
    [{ ...good, usd: Number.POSITIVE_INFINITY }, 'the price is too large a number, not a number above zero'],
    [{ ...good, usd: [1] }, 'the price is a list, not a number above zero'],
    [{ ...good, last_updated_at: undefined }, 'last_updated_at is missing'],
    [{ ...good, last_updated_at: null }, 'last_updated_at is null, not a number of UNIX seconds'],
    [{ ...good, last_updated_at: 0 }, 'last_updated_at is before the first block of Bitcoin'],
    [
      { ...good, last_updated_at: SECONDS * 1_000 },
      'last_updated_at is too large by a factor of a thousand: it is in another unit',
    ],
    [{ ...good, last_updated_at: SECONDS + 7_200 }, 'last_updated_at is 2\u00a0h in the future'],
    ['gone', 'the entry is not an object but text'],
    [null, 'the entry is not an object but null'],
  ])('rejects a coin and keeps the others: %j', (entry, reason) => {
    const batch = read({ bitcoin: entry, zcash: good }, ['bitcoin', 'zcash']);
    expect(inWords(batch.rejected)).toEqual([{ coinId: 'bitcoin', reason }]);
    expect(batch.ticks.map((tick) => tick.coinId)).toEqual(['zcash']);
  });

  it('treats absent, null and zero secondary figures as unknown, without a warning', () => {
    const batch = read({
      bitcoin: { usd: 1, last_updated_at: SECONDS, usd_24h_vol: null, usd_market_cap: 0 },
    });
    expect(batch.ticks[0]).toMatchObject({ volume24h: null, marketCap: null, change24hPct: null });
    expect(batch.warnings).toEqual([]);
  });

  it('keeps a 24-hour change of zero', () => {
    expect(read({ bitcoin: { ...good, usd_24h_change: 0 } }).ticks[0]?.change24hPct).toBe(0);
  });

  it('drops invalid secondary figures with a warning', () => {
    const batch = read({ bitcoin: { ...good, usd_24h_vol: 'NaN', usd_market_cap: -5, usd_24h_change: {} } });
    expect(batch.ticks[0]).toMatchObject({
      price: 76_975,
      volume24h: null,
      marketCap: null,
      change24hPct: null,
    });
    expect(batch.warnings.map(({ reason }) => inWords(reason))).toEqual([
      'the 24-hour volume is text, and was left out',
      'the market cap is negative, and was left out',
      'the 24-hour change is an object, and was left out',
    ]);
  });

  it('returns only valid ticks and accounts for every coin once, for any response', () => {
    const coins = ['bitcoin', 'ethereum', 'zcash'];
    const field = fc.oneof(
      fc.jsonValue(),
      fc.double(),
      fc.constant(undefined),
      fc.integer({ min: 1, max: 2e9 }),
    );
    const coin = fc.record(
      {
        usd: field,
        usd_24h_vol: field,
        usd_market_cap: field,
        usd_24h_change: field,
        last_updated_at: field,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...coins), fc.oneof(coin, fc.jsonValue())), (response) => {
        const batch = read(simplePriceSchema.parse(response), coins);
        for (const tick of batch.ticks) tickSchema.parse(tick);
        const accounted = [
          ...batch.ticks.map((tick) => tick.coinId),
          ...batch.rejected.map((entry) => entry.coinId),
          ...batch.missing,
        ];
        expect(accounted.toSorted()).toEqual(coins);
      }),
    );
  });
});
