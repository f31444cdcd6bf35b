import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketStart } from '../../../../shared/domain/interval.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Series, SeriesName } from '../series/series-ids.ts';
import { type SeriesTick, seriesTicks } from '../series/series-ticks.ts';
import { type FoldedCandle, foldHours } from './fold-candles.ts';
import { createFold, foldCandles } from './fold-minutes.ts';

const known = new Map<string, Series>();

/** Assigns ids to series in the order of their first use. */
function seriesOf(name: SeriesName): Series {
  const key = `${name.coinId} ${name.vsCurrency} ${name.source}`;
  const series = known.get(key) ?? { id: known.size + 1, name, newestMinute: Number.NEGATIVE_INFINITY };
  known.set(key, series);
  return series;
}

const sortedTicks = (ticks: readonly Tick[]): SeriesTick[] => seriesTicks(ticks, seriesOf);

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
    // Price, volume and amount of a tick are determined by its key, as at a source.
    price: 1 + (Math.abs(Math.sin(key.observedAt)) + key.coinId.length) * 10,
    volume24h: key.observedAt % 3 === 0 ? null : key.observedAt % 1_000,
    amount:
      key.source === 'coingecko' || key.observedAt % 7 === 0 ? null : Math.abs(Math.cos(key.observedAt)),
    marketCap: null,
    change24hPct: null,
  }));

describe('foldCandles', () => {
  it('returns the candles that are computed from all ticks of each minute by definition', () => {
    fc.assert(
      fc.property(fc.array(tick), (ticks) => {
        const distinct = sortedTicks(ticks);
        expectSame(foldCandles(distinct), bruteForce(distinct, '1m'));
        expectSame(foldHours(foldCandles(distinct)), bruteForce(distinct, '1h'));
      }),
    );
  });

  it('gives the same candles when ticks are added in any order', () => {
    const shuffledTicks = fc
      .array(tick, { minLength: 1 })
      .map(sortedTicks)
      .chain((ticks) =>
        fc.tuple(
          fc.constant(ticks),
          fc.shuffledSubarray(ticks, { minLength: ticks.length, maxLength: ticks.length }),
        ),
      );
    fc.assert(
      fc.property(shuffledTicks, ([ticks, shuffled]) => {
        const fold = createFold();
        for (const each of shuffled) fold.add(each.series, each.tick);
        const candles: FoldedCandle[] = [];
        for (const candle of fold.candles()) candles.push({ ...candle });
        expectSame(candles, bruteForce(ticks, '1m'));
      }),
    );
  });

  it('gives the same candles for any order of the ticks', () => {
    const ticksTwice = fc
      .array(tick, { minLength: 1 })
      .chain((ticks) =>
        fc.tuple(
          fc.constant(ticks),
          fc.shuffledSubarray(ticks, { minLength: ticks.length, maxLength: ticks.length }),
        ),
      );
    fc.assert(
      fc.property(ticksTwice, ([ticks, shuffled]) => {
        expectSame(foldCandles(sortedTicks(shuffled)), foldCandles(sortedTicks(ticks)));
      }),
    );
  });

  it('sums amounts, and distinguishes a sum of zero from an unknown one', () => {
    const traded = (...amounts: readonly (number | null)[]) =>
      foldCandles(sortedTicks(amounts.map((amount, at) => ({ ...sample(at), amount }))))[0]?.traded;
    expect(traded(null, 0.5, null, 0.25)).toBe(0.75);
    expect(traded(null, 0)).toBe(0);
    expect(traded(null, null)).toBeNull();
  });

  it('uses only the prices of trades if there are any, in any order', () => {
    const ticks = [
      { ...sample(1_000), price: 99 },
      { ...sample(2_000), price: 10, amount: 1 },
      { ...sample(3_000), price: 12, amount: 1 },
      { ...sample(4_000), price: 1 },
    ];
    for (const order of [ticks, ticks.toReversed()]) {
      const [candle] = foldCandles(sortedTicks(order));
      expect(candle).toMatchObject({ open: 10, high: 12, low: 10, close: 12, openAt: 2_000, closeAt: 3_000 });
      expect(candle?.tickCount).toBe(4);
    }
  });

  it('puts times before 1970 into the correct buckets', () => {
    const candles = foldCandles(sortedTicks([sample(-1), sample(1)]));
    expect(candles.map((candle) => candle.bucket)).toEqual([-60_000, 0]);
  });
});

describe('seriesTicks', () => {
  it('keeps each tick once, however often and in whichever order it occurs', () => {
    fc.assert(
      fc.property(fc.array(tick), (ticks) => {
        const once = sortedTicks(ticks);
        expect(sortedTicks([...ticks, ...ticks].reverse())).toEqual(once);
        expect(new Set(ticks.map((each) => JSON.stringify(each))).size).toBe(once.length);
      }),
    );
  });

  it('keeps the first of two prices for the same moment', () => {
    const [kept, ...others] = sortedTicks([
      { ...sample(5), price: 1 },
      { ...sample(5), price: 2 },
    ]);
    expect(kept?.tick.price).toBe(1);
    expect(others).toEqual([]);
  });
});

/** Compares exactly, except for sums of amounts, whose last bits depend on the order of addition. */
function expectSame(actual: readonly FoldedCandle[], expected: readonly FoldedCandle[]): void {
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

/** The candles by definition: filter, sort by time, take the first and the last. */
function bruteForce(ticks: readonly SeriesTick[], interval: '1m' | '1h'): FoldedCandle[] {
  const groups = Map.groupBy(ticks, ({ series, tick: { observedAt } }) =>
    JSON.stringify([series.id, bucketStart(observedAt, interval)]),
  );
  const candles = [...groups.values()].flatMap((group): FoldedCandle[] => {
    const all = group.map((each) => each.tick);
    const trades = all.filter(({ amount }) => amount !== null);
    const priced = trades.length > 0 ? trades : all;
    const byTime = priced.toSorted((a, b) => a.observedAt - b.observedAt);
    const [first, last] = [byTime.at(0), byTime.at(-1)];
    const series = group[0]?.series;
    if (first === undefined || last === undefined || series === undefined) return [];
    const amounts = all.flatMap(({ amount }) => (amount === null ? [] : [amount]));
    return [
      {
        series,
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
  return candles.sort((a, b) => a.series.id - b.series.id || a.bucket - b.bucket);
}
