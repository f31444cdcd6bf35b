import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourcesOf } from '../../../shared/domain/source-since.ts';
import { changesWithin, joinedSources, sourceAt, sourcesWithin, withSource } from './sources.ts';

const anyCandles = fc.array(fc.constantFrom('coingecko', 'kraken', 'binance'), { maxLength: 40 });
const candlesOf = (names: readonly string[]) => names.map((source, start) => ({ start, source }));

describe('the sources of candles', () => {
  it('can be read for each candle from the list of changes', () => {
    fc.assert(
      fc.property(anyCandles, (names) => {
        const sources = sourcesOf(candlesOf(names));
        expect(names.map((_, start) => sourceAt(sources, start))).toEqual(names);
        expect(sourceAt(sources, -1)).toBeNull();
      }),
    );
  });

  it('within a range are those of its candles, and the changes are at candles that differ from the one before', () => {
    const range = fc
      .tuple(fc.nat(40), fc.nat(40))
      .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
    fc.assert(
      fc.property(anyCandles, range, (names, { from, to }) => {
        const sources = sourcesOf(candlesOf(names));
        const inside = names.slice(from, to);
        fc.pre(inside.length > 0);
        expect(sourcesWithin(sources, { from, to })).toEqual([...new Set(inside)]);
        const changed = names.flatMap((name, at) => (at > 0 && names[at - 1] !== name ? [at] : []));
        expect(changesWithin(sources, { from, to }).map(({ since }) => since)).toEqual(
          changed.filter((at) => at >= from && at < to),
        );
      }),
    );
  });

  it('are the same for joined lists, single prices, and a full computation', () => {
    fc.assert(
      fc.property(anyCandles, fc.nat(40), (names, cut) => {
        const candles = candlesOf(names);
        const all = sourcesOf(candles);
        expect(joinedSources([sourcesOf(candles.slice(0, cut)), sourcesOf(candles.slice(cut))])).toEqual(all);
        const onward = candles
          .slice(cut)
          .reduce(
            (sources, { start, source }) => withSource(sources, start, source),
            sourcesOf(candles.slice(0, cut)),
          );
        expect(onward).toEqual(all);
      }),
    );
  });

  it('change with the prices of the candle that is not closed yet, but not in earlier candles', () => {
    const before = sourcesOf(candlesOf(['kraken', 'kraken']));
    const fallen = withSource(before, 2, 'coingecko');
    expect(fallen).toEqual([
      { since: 0, source: 'kraken' },
      { since: 2, source: 'coingecko' },
    ]);
    expect(withSource(fallen, 2, 'kraken')).toEqual(before);
    expect(withSource(fallen, 1, 'binance')).toBe(fallen);
  });
});
