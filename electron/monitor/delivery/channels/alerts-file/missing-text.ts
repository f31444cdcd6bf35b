import type { SearchResult } from './line-search.ts';

/**
 * What has to be appended to a file so that it holds each of `lines` once, in their order. Lines that are there already
 * are left out. An unfinished last line is completed when it is the beginning of the first missing line, as after a
 * crash in the middle of a write, and ended otherwise. In bytes: the cut may be within a character.
 *
 * @param file what a search for `lines` has found
 */
export function missingText({ held, unfinished }: SearchResult, lines: readonly string[]): Buffer {
  const missing = lines.filter((line) => !held.has(line));
  const text = Buffer.from(missing.map((line) => `${line}\n`).join(''));
  if (text.length === 0 || unfinished.length === 0) return text;
  const isOurs = text.subarray(0, unfinished.length).equals(unfinished);
  return isOurs ? text.subarray(unfinished.length) : Buffer.concat([Buffer.from('\n'), text]);
}
