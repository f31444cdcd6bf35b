import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tick } from '../log/log-fixture.ts';
import { mergeBatches } from './merge-batches.ts';

it('merges the first batches in order, at least one and no more ticks than wanted beyond it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(8), { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (sizes, most) => {
      let at = 0;
      const batches = sizes.map((size) => ({
        ticks: Array.from({ length: size }, () => tick('bitcoin', at++)),
        alerts: [],
      }));
      const { merged, count } = mergeBatches(batches, most);
      expect(count).toBeGreaterThan(0);
      expect(merged.ticks).toEqual(batches.slice(0, count).flatMap(({ ticks }) => ticks));
      expect(count === 1 || merged.ticks.length <= most).toBe(true);
      const next = batches[count];
      expect(next === undefined || merged.ticks.length + next.ticks.length > most).toBe(true);
    }),
  );
});
