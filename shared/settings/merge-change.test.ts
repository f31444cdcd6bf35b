import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeChange } from './merge-change.ts';

const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constant(null), fc.constant('text'));
const list = fc.uniqueArray(fc.constantFrom(...'abcd'));
const { value } = fc.letrec<{ value: unknown; record: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, list, tie('record')),
  record: fc.dictionary(fc.constantFrom(...'pqrs'), tie('value')),
}));

/** A record with the same keys in each: what a form shows has all fields. */
const fields = fc.record({ p: leaf, q: leaf, r: leaf });

describe('a change of a value that others have changed meanwhile', () => {
  it('is applied unchanged if nobody else changed anything, and has no effect if it is empty', () => {
    fc.assert(
      fc.property(value, value, (shown, changed) => {
        expect(mergeChange(shown, changed, shown)).toEqual(changed);
        expect(mergeChange(shown, shown, changed)).toEqual(changed);
      }),
    );
  });

  it('sets the fields that it changes, and keeps the others as they are now', () => {
    fc.assert(
      fc.property(fields, fields, fields, (shown, mine, now) => {
        const wanted = (['p', 'q', 'r'] as const).map((name) => [
          name,
          Object.is(mine[name], shown[name]) ? now[name] : mine[name],
        ]);
        expect(mergeChange(shown, mine, now)).toEqual(Object.fromEntries(wanted));
      }),
    );
  });

  it('gives the same result in either order if two changes are of different fields', () => {
    fc.assert(
      fc.property(fields, leaf, leaf, (shown, p, q) => {
        const [one, other] = [
          { ...shown, p },
          { ...shown, q },
        ];
        expect(mergeChange(shown, one, other)).toEqual({ ...shown, p, q });
        expect(mergeChange(shown, other, one)).toEqual({ ...shown, p, q });
      }),
    );
  });

  it('is merged into nested objects and lists, and removes what it removed', () => {
    const shown = { id: 'a', params: { pct: 2, window: 5 }, coins: ['bitcoin', 'zcash'], old: 1 };
    const mine = { id: 'a', params: { pct: 3, window: 5 }, coins: ['bitcoin', 'zcash', 'solana'] };
    const now = { id: 'a', params: { pct: 2, window: 60 }, coins: ['zcash'], old: 1, added: true };
    expect(mergeChange<unknown>(shown, mine, now)).toEqual({
      id: 'a',
      params: { pct: 3, window: 60 },
      coins: ['zcash', 'solana'],
      added: true,
    });
  });
});
