import type { WrittenFile } from './archive-tables.ts';
import type { ArchivedRow, ArchivedTable } from './archived-table.ts';
import { createHashedFile, fileRows } from './hashed-file.ts';
import type { ArchiveTarget } from './targets/archive-target.ts';

const DAY_MS = 86_400_000;

/** A file that is being written: rows of one series in time order. */
export type ArchiveFileWriter = {
  append(rows: readonly ArchivedRow[]): Promise<void>;
  /** The rows appended so far. */
  rows(): Omit<WrittenFile, 'bytes' | 'fileSha256'>;
  /** Commits the file to the archive. Throws `exists` when a file of this name exists. */
  finish(): Promise<WrittenFile>;
  /** Discards the file. Does not fail. */
  abort(): Promise<void>;
};

/** @param metadata key-value metadata of the file, in addition to its row count and hash */
export async function createArchiveFile(
  target: ArchiveTarget,
  path: string,
  table: ArchivedTable,
  metadata: Readonly<Record<string, string>>,
): Promise<ArchiveFileWriter> {
  const file = await createHashedFile(target, path, {
    schema: table.schema,
    metadata,
    groupBy: (row) => Math.floor(table.timeOf(row as ArchivedRow) / DAY_MS),
    // A file is written once, by a worker or a command, and kept for years.
    compression: 'small',
  });
  let firstAt: number | null = null;
  let lastAt = 0;
  const range = () => ({ firstAt: firstAt ?? 0, lastAt });
  return {
    async append(rows) {
      const last = rows.at(-1);
      if (rows[0] === undefined || last === undefined) return;
      firstAt ??= table.timeOf(rows[0]);
      lastAt = table.timeOf(last);
      await file.append(rows);
    },
    rows: () => ({ ...file.rows(), ...range() }),
    finish: async () => ({ ...(await file.finish()), ...range() }),
    abort: file.abort,
  };
}

/** The rows of a file in time order, one row group at a time. Throws an `ArchiveError` that names the file. */
export function archiveFileRows(
  target: ArchiveTarget,
  path: string,
  table: ArchivedTable,
  range?: { readonly from: number; readonly to: number },
): AsyncGenerator<readonly ArchivedRow[]> {
  const within = range === undefined ? undefined : { column: table.partitioned.time, ...range };
  return fileRows(target, path, table.schema, within) as AsyncGenerator<readonly ArchivedRow[]>;
}
