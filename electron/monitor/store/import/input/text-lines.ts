import { StringDecoder } from 'node:string_decoder';

/** A row has about a hundred characters; only inputs that are not tables have lines longer than this. */
export const LONGEST_LINE = 65_536;

/** Consecutive lines; null for one that is too long. */
export type Lines = {
  /** The number of the first line, counted from 1. */
  readonly first: number;
  readonly lines: readonly (string | null)[];
};

/**
 * Splits UTF-8 text into lines, without line ends (`\n` or `\r\n`) and byte order mark, as many at a time as have arrived. Memory
 * is bounded even for endless lines.
 */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Lines> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isTooLong = false;
  let first = 1;
  let isStart = true;

  const finish = (line: string): string | null => {
    const isKept = !isTooLong && line.length <= LONGEST_LINE;
    isTooLong = false;
    if (!isKept) return null;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };

  for await (const chunk of chunks) {
    let arrived = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (isStart && arrived.length > 0) {
      isStart = false;
      if (arrived.startsWith('\ufeff')) arrived = arrived.slice(1);
    }
    const pieces = (rest + arrived).split('\n');
    rest = pieces.pop() ?? '';
    if (pieces.length > 0) {
      yield { first, lines: pieces.map(finish) };
      first += pieces.length;
    }
    if (rest.length > LONGEST_LINE) {
      isTooLong = true;
      rest = '';
    }
  }
  rest += decoder.end();
  if (rest.length > 0 || isTooLong) yield { first, lines: [finish(rest)] };
}
