import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createImportedSources } from './imported-sources.ts';

it('orders sources by their sequence in the input', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  fc.assert(
    fc.property(
      fc.shuffledSubarray(names, { minLength: 5 }),
      fc.shuffledSubarray(names, { minLength: 5 }),
      fc.array(fc.tuple(fc.nat(4), fc.nat(4))),
      (order, named, pairs) => {
        const sources = createImportedSources();
        for (const name of named) sources.numberOf(name);
        const seen = pairs
          .filter(([a, b]) => a < b)
          .map(([a, b]) => [order[a] ?? '', order[b] ?? ''] as const);
        for (const [a, b] of seen) sources.noteOrder(sources.numberOf(a), sources.numberOf(b));
        const found = sources.inOrder();
        expect(found.toSorted()).toEqual(names);
        for (const [a, b] of seen) expect(found.indexOf(a)).toBeLessThan(found.indexOf(b));
      },
    ),
  );
});
