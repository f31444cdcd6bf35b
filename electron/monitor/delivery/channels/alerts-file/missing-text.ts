import type { SearchResult } from './line-search.ts';

/**
 * The text to append to a file so that it contains each of `lines` once, in order. Lines that it contains already are left out.
 * An unfinished last line is completed if it is the beginning of the first missing line, as after a crash in the middle of a
 * write, and terminated otherwise. In bytes: the cut may be within a character.
 *
 * @param file the result of searching for `lines`
 */
export function missingText({ held, unfinished }: SearchResult, lines: readonly string[]): Buffer {
  const missing = lines.filter((line) => !held.has(line));
  const text = Buffer.from(missing.map((line) => `${line}\n`).join(''));
  if (text.length === 0 || unfinished.length === 0) return text;
  const isOurs = text.subarray(0, unfinished.length).equals(unfinished);
  return isOurs ? text.subarray(unfinished.length) : Buffer.concat([Buffer.from('\n'), text]);
}
