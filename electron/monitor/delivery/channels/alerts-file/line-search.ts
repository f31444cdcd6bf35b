const LINE_FEED = 0x0a;

/** How much of a file's end is searched for a line that an editor or another program left unfinished. */
export const TAIL_BYTES = 64 * 1_024;

/** The result of searching a file to its end. */
export type SearchResult = {
  /** The searched lines that the file contains. */
  readonly held: ReadonlySet<string>;
  /** The last line if it is not terminated; only its beginning if it is longer than all searched lines. */
  readonly unfinished: Buffer;
};

export type LineSearch = {
  /** Reads the next piece of the file. */
  read(piece: Buffer): void;
  /** To be called after the file was read to its end. */
  found(): SearchResult;
};

/**
 * Searches a file of any length, read piece by piece, for whole lines. It keeps no more of the file in memory than the longest of
 * those lines.
 */
export function createLineSearch(lines: readonly string[]): LineSearch {
  const wanted = new Set(lines);
  const longest = lines.reduce((most, line) => Math.max(most, Buffer.byteLength(line)), 0);
  /** One more byte shows that a line is too long, another may be the CR that an editor has added. */
  const kept = longest + 2;
  const held = new Set<string>();
  let unfinished: Buffer = Buffer.alloc(0);

  const extend = (part: Buffer): Buffer =>
    part.length === 0 || unfinished.length >= kept
      ? unfinished
      : Buffer.concat([unfinished, part.subarray(0, kept - unfinished.length)]);

  return {
    read(piece) {
      let from = 0;
      for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, from)) {
        const line = extend(piece.subarray(from, end)).toString('utf8').replace(/\r$/, '');
        if (wanted.has(line)) held.add(line);
        unfinished = Buffer.alloc(0);
        from = end + 1;
      }
      unfinished = extend(piece.subarray(from));
    },
    found: () => ({ held, unfinished }),
  };
}
