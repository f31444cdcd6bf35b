import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeLists } from './merge-lists.ts';

const list = fc.uniqueArray(fc.constantFrom(...'abcdefgh'));

describe('a list that two people have changed', () => {
  it('contains what either added and nothing that either removed', () => {
    fc.assert(
      fc.property(list, list, list, (shown, mine, theirs) => {
        const merged = mergeLists(shown, mine, theirs);
        const wanted = [...new Set([...mine, ...theirs])].filter(
          (item) => !shown.includes(item) || (mine.includes(item) && theirs.includes(item)),
        );
        expect(merged.toSorted()).toEqual((wanted.length === 0 ? mine : wanted).toSorted());
      }),
    );
  });

  it('is the changed one if only one has changed it', () => {
    fc.assert(
      fc.property(list, list, (shown, changed) => {
        expect(mergeLists(shown, changed, shown)).toEqual(changed);
        if (changed.length > 0 || shown.length === 0)
          expect(mergeLists(shown, shown, changed)).toEqual(changed);
      }),
    );
  });
});
