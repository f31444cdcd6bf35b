import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergedColumns } from './price-series.ts';

const anyTimes = fc.array(fc.nat(50), { maxLength: 40 }).map((times) => times.toSorted((a, b) => a - b));

it('merges the prices of sources in the order of their times, and of the same time in the order of the sources', () => {
  fc.assert(
    fc.property(fc.array(anyTimes, { minLength: 1, maxLength: 4 }), (all) => {
      const merged = mergedColumns(
        all.map((times, source) => ({
          source: `source-${source}`,
          times: Float64Array.from(times),
          prices: Float64Array.from(times, (_, index) => source * 100 + index),
          amounts: Float64Array.from(times, (_, index) => (index % 2 === 0 ? Number.NaN : index)),
        })),
      );
      const expected = all
        .flatMap((times, of) => times.map((at, index) => ({ at, of, index })))
        .toSorted((a, b) => a.at - b.at || a.of - b.of || a.index - b.index);
      expect([...merged.times]).toEqual(expected.map(({ at }) => at));
      expect([...merged.sources.of]).toEqual(expected.map(({ of }) => of));
      expect([...merged.prices]).toEqual(expected.map(({ of, index }) => of * 100 + index));
      expect([...merged.amounts]).toEqual(
        expected.map(({ index }) => (index % 2 === 0 ? Number.NaN : index)),
      );
      expect(merged.sources.names).toEqual(all.map((_, source) => `source-${source}`));
    }),
  );
});
