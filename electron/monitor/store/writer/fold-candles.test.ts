import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketStart } from '../../../../shared/domain/interval.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { foldCandles, type StoredCandle, type StoredInterval } from './fold-candles.ts';
import { sortedDistinctTicks } from './sorted-distinct-ticks.ts';

const tick: fc.Arbitrary<Tick> = fc
  .record({
    coinId: fc.constantFrom('bitcoin', 'zcash'),
    source: fc.constantFrom('coingecko', 'kraken'),
    // A few hours, in steps that make repetitions and full buckets likely.
    observedAt: fc.integer({ min: 0, max: 800 }).map((step) => 1_767_225_600_000 + step * 13_000),
  })
  .map((key) => ({
    ...key,
    vsCurrency: 'usd',
    // Price, volume and amount of a tick follow from its key, as they do at a source.
    price: 1 + (Math.abs(Math.sin(key.observedAt)) + key.coinId.length) * 10,
    volume24h: key.observedAt % 3 === 0 ? null : key.observedAt % 1_000,
    amount:
      key.source === 'coingecko' || key.observedAt % 7 === 0 ? null : Math.abs(Math.cos(key.observedAt)),
    marketCap: null,
    change24hPct: null,
  }));

describe('foldCandles', () => {
  it('gives the candles that a look at all ticks of each bucket gives', () => {
    fc.assert(
      fc.property(fc.array(tick), fc.constantFrom('1m', '1h'), (ticks, interval) => {
        const distinct = sortedDistinctTicks(ticks);
        expectSame(foldCandles(distinct, interval), bruteForce(distinct, interval));
      }),
    );
  });

  it('gives the same candles for any order of the ticks', () => {
    const ticksTwice = fc
      .array(tick, { minLength: 1 })
      .map(sortedDistinctTicks)
      .chain((ticks) =>
        fc.tuple(
          fc.constant(ticks),
          fc.shuffledSubarray(ticks, { minLength: ticks.length, maxLength: ticks.length }),
        ),
      );
    fc.assert(
      fc.property(ticksTwice, ([ticks, shuffled]) => {
        expectSame(foldCandles(shuffled, '1m'), foldCandles(ticks, '1m'));
      }),
    );
  });

  it('adds up amounts, and tells nothing traded from nothing told', () => {
    const traded = (...amounts: readonly (number | null)[]) =>
      foldCandles(
        amounts.map((amount, at) => ({ ...sample(at), amount })),
        '1m',
      )[0]?.traded;
    expect(traded(null, 0.5, null, 0.25)).toBe(0.75);
    expect(traded(null, 0)).toBe(0);
    expect(traded(null, null)).toBeNull();
  });

  it('takes the prices of trades alone where there are any, in whatever order they come', () => {
    const ticks = [
      { ...sample(1_000), price: 99 },
      { ...sample(2_000), price: 10, amount: 1 },
      { ...sample(3_000), price: 12, amount: 1 },
      { ...sample(4_000), price: 1 },
    ];
    for (const order of [ticks, ticks.toReversed()]) {
      const [candle] = foldCandles(order, '1m');
      expect(candle).toMatchObject({ open: 10, high: 12, low: 10, close: 12, openAt: 2_000, closeAt: 3_000 });
      expect(candle?.tickCount).toBe(4);
    }
  });

  it('tells buckets before 1970 apart', () => {
    const candles = foldCandles([sample(-1), sample(1)], '1m');
    expect(candles.map((candle) => candle.bucket)).toEqual([-60_000, 0]);
  });
});

describe('sortedDistinctTicks', () => {
  it('keeps one of each tick, however often and in whichever order they come', () => {
    fc.assert(
      fc.property(fc.array(tick), (ticks) => {
        const once = sortedDistinctTicks(ticks);
        expect(sortedDistinctTicks([...ticks, ...ticks].reverse())).toEqual(once);
        expect(new Set(ticks.map((each) => JSON.stringify(each))).size).toBe(once.length);
      }),
    );
  });

  it('keeps the first of two prices for the same moment', () => {
    const [kept, ...others] = sortedDistinctTicks([
      { ...sample(5), price: 1 },
      { ...sample(5), price: 2 },
    ]);
    expect(kept?.price).toBe(1);
    expect(others).toEqual([]);
  });
});

/** Equal to the bit, but for sums of amounts, whose last bits depend on the order of adding. */
function expectSame(actual: readonly StoredCandle[], expected: readonly StoredCandle[]): void {
  expect(actual.map((candle) => ({ ...candle, traded: null }))).toEqual(
    expected.map((candle) => ({ ...candle, traded: null })),
  );
  for (const [index, { traded }] of expected.entries()) {
    const sum = actual[index]?.traded ?? null;
    if (traded === null || sum === null) expect(sum).toBe(traded);
    else expect(Math.abs(sum - traded)).toBeLessThanOrEqual(traded * 1e-12);
  }
}

function sample(observedAt: number): Tick {
  return {
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    source: 'coingecko',
    observedAt,
    price: 1,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
  };
}

/** The candles by definition: filter, sort by time, look at the ends. Ticks come sorted, so candles do too. */
function bruteForce(ticks: readonly Tick[], interval: StoredInterval): StoredCandle[] {
  const groups = Map.groupBy(ticks, (each) =>
    JSON.stringify([each.coinId, bucketStart(each.observedAt, interval), each.source]),
  );
  const candles = [...groups.values()].flatMap((group) => {
    const trades = group.filter(({ amount }) => amount !== null);
    const priced = trades.length > 0 ? trades : group;
    const byTime = priced.toSorted((a, b) => a.observedAt - b.observedAt);
    const [first, last] = [byTime.at(0), byTime.at(-1)];
    if (first === undefined || last === undefined) return [];
    const amounts = group.flatMap(({ amount }) => (amount === null ? [] : [amount]));
    return [
      {
        coinId: first.coinId,
        vsCurrency: first.vsCurrency,
        source: first.source,
        bucket: bucketStart(first.observedAt, interval),
        open: first.price,
        openAt: first.observedAt,
        high: Math.max(...priced.map((each) => each.price)),
        low: Math.min(...priced.map((each) => each.price)),
        close: last.price,
        closeAt: last.observedAt,
        tickCount: group.length,
        volume24h: last.volume24h,
        traded: amounts.length === 0 ? null : amounts.reduce((sum, amount) => sum + amount),
      },
    ];
  });
  return candles.sort(
    (a, b) => a.coinId.localeCompare(b.coinId) || a.bucket - b.bucket || a.source.localeCompare(b.source),
  );
}
