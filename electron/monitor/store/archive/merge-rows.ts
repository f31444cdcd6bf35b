import type { ArchivedRow, ArchivedTable } from './archived-table.ts';

const ROWS_AT_A_TIME = 5_000;

type Batches = AsyncIterable<readonly ArchivedRow[]>;

/** Merges the parts of one series in time order. Of rows with the same time, the one of the later part is returned. */
export async function* mergeParts(
  table: ArchivedTable,
  parts: readonly Batches[],
): AsyncGenerator<readonly ArchivedRow[]> {
  const [first, ...later] = parts;
  if (first === undefined) return;
  yield* later.reduce<Batches>((merged, part) => mergeTwo(table, merged, part, (_, newer) => newer), first);
}

/** Merges two streams in time order; `together` merges two rows of the same time. */
async function* mergeTwo(
  table: ArchivedTable,
  a: Batches,
  b: Batches,
  together: (a: ArchivedRow, b: ArchivedRow) => ArchivedRow,
): AsyncGenerator<readonly ArchivedRow[]> {
  const [left, right] = [createCursor(table, a), createCursor(table, b)];
  try {
    await Promise.all([left.next(), right.next()]);
    let merged: ArchivedRow[] = [];
    while (left.row !== null || right.row !== null) {
      const order = left.at - right.at;
      if (left.row !== null && right.row !== null && order === 0) merged.push(together(left.row, right.row));
      else merged.push((order < 0 ? left.row : right.row) as ArchivedRow);
      if (order <= 0) await left.next();
      if (order >= 0) await right.next();
      if (merged.length >= ROWS_AT_A_TIME) {
        yield merged;
        merged = [];
      }
    }
    if (merged.length > 0) yield merged;
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

/** Steps through batches row by row. */
export type RowCursor = {
  /** The current row; null before the first step and after the last row. */
  readonly row: ArchivedRow | null;
  /** The time of the current row; Infinity when there is no row. */
  readonly at: number;
  next(): Promise<void> | void;
  /** Closes the underlying stream. */
  close(): Promise<void>;
};

function createCursor(table: ArchivedTable, batches: Batches): RowCursor {
  const iterator = batches[Symbol.asyncIterator]();
  let batch: readonly ArchivedRow[] = [];
  let index = 0;
  let row: ArchivedRow | null = null;
  let at = Number.POSITIVE_INFINITY;
  const readRow = (): void => {
    row = batch[index] ?? null;
    at = row === null ? Number.POSITIVE_INFINITY : table.timeOf(row);
  };
  const nextBatch = async (): Promise<void> => {
    do {
      const { value, done } = await iterator.next();
      batch = done ? [] : value;
      index = 0;
      if (done) break;
    } while (batch.length === 0);
    readRow();
  };
  return {
    get row() {
      return row;
    },
    get at() {
      return at;
    },
    next() {
      index += 1;
      if (row === null || index >= batch.length) return nextBatch();
      return readRow();
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/**
 * The rows of a partition that the archive lacks or has with other values: the rows of a further part.
 *
 * @param archived the rows of the series in the archive
 * @param isWhole whether the partition has all rows of the month, so that its rows take precedence; otherwise it has only rows
 * written after the month was archived
 */
export async function* newRows(
  table: ArchivedTable,
  stored: Batches,
  archived: Batches,
  isWhole: boolean,
): AsyncGenerator<readonly ArchivedRow[]> {
  const known = createCursor(table, archived);
  try {
    await known.next();
    for await (const rows of stored) {
      const fresh: ArchivedRow[] = [];
      for (const row of rows) {
        const at = table.timeOf(row);
        while (known.at < at) await known.next();
        if (known.row === null || known.at !== at) fresh.push(row);
        else {
          const wanted = isWhole ? row : table.merge(known.row, row);
          if (!isEqual(table, wanted, known.row)) fresh.push(wanted);
        }
      }
      yield fresh;
    }
  } finally {
    await known.close();
  }
}

function isEqual(table: ArchivedTable, a: ArchivedRow, b: ArchivedRow): boolean {
  return table.schema.every(({ name }) => {
    const [left, right] = [a, b].map((row) => (row as Record<string, unknown>)[name]);
    return Object.is(left, right) || left === right;
  });
}
