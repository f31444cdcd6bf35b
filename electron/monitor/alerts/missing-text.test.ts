import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingText } from './missing-text.ts';

describe('missing text', () => {
  it('leaves out the lines that are there', () => {
    expect(missingText('a\nb\n', ['b', 'c'])).toBe('c\n');
    expect(missingText('a\nb\n', ['a', 'b'])).toBe('');
  });

  it('ends a last line of somebody else before it begins its own', () => {
    expect(missingText('a note without a line feed', ['x'])).toBe('\nx\n');
  });

  it('makes the file whole wherever an earlier write was cut off', () => {
    const line = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(line, { minLength: 1, maxLength: 6 }),
        fc.uniqueArray(line, { maxLength: 4 }),
        fc.nat(60),
        (lines, others, cut) => {
          const before = others.filter((other) => !lines.includes(other)).map((other) => `${other}\n`);
          const text = lines.map((each) => `${each}\n`).join('');
          const file = before.join('') + text.slice(0, cut);
          expect(file + missingText(file, lines)).toBe(before.join('') + text);
        },
      ),
    );
  });
});
