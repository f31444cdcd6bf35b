import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text, verbatim } from '../messages/message.ts';
import { faultOfApiKey } from './api-key.ts';

describe('an entered or configured key', () => {
  it.each([
    ['CG-abc\ndef', 'has a line break at position 7, which no request can carry'],
    ['CG-\u0007', 'has a control character at position 4, which no request can carry'],
    ['CG-🔑', 'has a character that is not ASCII at position 4, which no request can carry'],
    ['CG–abc', 'has a character that is not ASCII at position 3, which no request can carry'],
  ])('%j is rejected with the reason', (key, fault) => {
    expect(text(faultOfApiKey(key) ?? verbatim(''))).toBe(fault);
  });

  it('is accepted only if a header can contain it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        if (faultOfApiKey(key) !== null) return;
        expect(new Headers({ 'x-cg-demo-api-key': key }).get('x-cg-demo-api-key')).toBe(key.trim());
      }),
    );
  });
});
