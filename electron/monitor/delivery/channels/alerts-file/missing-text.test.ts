import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSearch } from './line-search.ts';
import { missingText } from './missing-text.ts';

/** What a file becomes, read in pieces of `size` bytes and completed. */
function completed(file: Buffer, lines: readonly string[], size = 1_000): string {
  const search = createLineSearch(lines);
  for (let at = 0; at < file.length; at += size) search.read(file.subarray(at, at + size));
  return Buffer.concat([file, missingText(search.found(), lines)]).toString();
}

describe('missing text', () => {
  it('omits existing lines', () => {
    expect(completed(Buffer.from('a\nb\n'), ['b', 'c'])).toBe('a\nb\nc\n');
    expect(completed(Buffer.from('a\nb\n'), ['a', 'b'])).toBe('a\nb\n');
  });

  it('ends an unterminated last line of another program before it begins its own', () => {
    expect(completed(Buffer.from('a note without a line feed'), ['x'])).toBe(
      'a note without a line feed\nx\n',
    );
    expect(completed(Buffer.from('xx'), ['x'])).toBe('xx\nx\n');
  });

  it('completes an earlier write that was truncated anywhere, even within a character', () => {
    const line = fc.stringMatching(/^[a-zé€😀]{1,8}$/u);
    fc.assert(
      fc.property(
        fc.uniqueArray(line, { minLength: 1, maxLength: 6 }),
        fc.uniqueArray(line, { maxLength: 4 }),
        fc.nat(120),
        fc.integer({ min: 1, max: 30 }),
        (lines, others, cut, size) => {
          const before = others.filter((other) => !lines.includes(other)).map((other) => `${other}\n`);
          const text = lines.map((each) => `${each}\n`).join('');
          const file = Buffer.concat([Buffer.from(before.join('')), Buffer.from(text).subarray(0, cut)]);
          expect(completed(file, lines, size)).toBe(before.join('') + text);
        },
      ),
    );
  });
});
