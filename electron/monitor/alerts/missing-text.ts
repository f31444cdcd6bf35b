/**
 * What has to be appended to a file that ends in `tail` so that it holds each of `lines` once, in their order.
 * Lines that are there already are left out. An unfinished last line is completed when it is the beginning of the
 * first missing line, as after a crash in the middle of a write, and ended otherwise.
 */
export function missingText(tail: string, lines: readonly string[]): string {
  const tailLines = tail.split('\n');
  const unfinished = tailLines.pop() ?? '';
  const present = new Set(tailLines);
  const missing = lines.filter((line) => !present.has(line));
  const text = missing.map((line) => `${line}\n`).join('');
  if (text === '' || unfinished === '') return text;
  return text.startsWith(unfinished) ? text.slice(unfinished.length) : `\n${text}`;
}
