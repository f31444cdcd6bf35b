const LINE_FEED = 0x0a;

/** So much of a file's end is searched for a line that an editor or another program left unfinished. */
export const TAIL_BYTES = 64 * 1_024;

/** What is known of a file's end when it was read to there. */
export type SearchResult = {
  /** Those of the lines that were searched for which the file holds. */
  readonly held: ReadonlySet<string>;
  /** The last line when it is not ended; of one that is longer than all that were searched for, its beginning. */
  readonly unfinished: Buffer;
};

export type LineSearch = {
  /** Takes the next piece of the file. */
  read(piece: Buffer): void;
  /** To be asked when the file was read to its end. */
  found(): SearchResult;
};

/**
 * Searches a file of any length, read piece by piece, for whole lines. It keeps no more of the file than one of those
 * lines takes.
 */
export function createLineSearch(lines: readonly string[]): LineSearch {
  const wanted = new Set(lines);
  const longest = lines.reduce((most, line) => Math.max(most, Buffer.byteLength(line)), 0);
  /** One byte more says that a line is too long, another may be the CR that an editor has put at its end. */
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
