import { createHash } from 'node:crypto';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { messageOf } from '../../../../shared/messages/message-error.ts';
import { openParquet, type ParquetRange } from '../parquet/parquet-reader.ts';
import { createParquetWriter } from '../parquet/parquet-writer.ts';
import type { WrittenFile } from './archive-tables.ts';
import type { ArchivedRow, ArchivedTable } from './archived-table.ts';
import { createRowsDigest } from './rows-digest.ts';
import { ArchiveError, archiveError } from './targets/archive-error.ts';
import type { ArchiveSource, ArchiveTarget } from './targets/archive-target.ts';

const DAY_MS = 86_400_000;

/** A file that is being written: rows of one series, in the order of time. */
export type ArchiveFileWriter = {
  append(rows: readonly ArchivedRow[]): Promise<void>;
  /** Makes it a file of the archive. Throws `exists` when there is one of its name. */
  finish(): Promise<WrittenFile>;
  /** Leaves nothing of it. Does not fail. */
  abort(): Promise<void>;
};

/** @param metadata stands in the file, beside the number of its rows and their hash */
export async function createArchiveFile(
  target: ArchiveTarget,
  path: string,
  table: ArchivedTable,
  metadata: Readonly<Record<string, string>>,
): Promise<ArchiveFileWriter> {
  const upload = await target.create(path);
  const bytesHash = createHash('sha256');
  const digest = createRowsDigest(table.schema);
  const parquet = createParquetWriter({
    schema: table.schema,
    sink(bytes) {
      bytesHash.update(bytes);
      return upload.write(bytes);
    },
    metadata,
    groupBy: (row) => Math.floor(table.timeOf(row as ArchivedRow) / DAY_MS),
  });
  let firstAt: number | null = null;
  let lastAt = 0;
  return {
    async append(rows) {
      const last = rows.at(-1);
      if (rows[0] === undefined || last === undefined) return;
      firstAt ??= table.timeOf(rows[0]);
      lastAt = table.timeOf(last);
      digest.add(rows);
      await parquet.append(rows as never);
    },
    async finish() {
      const rows = digest.count();
      const rowsSha256 = digest.hex();
      const { bytes } = await parquet.finish({ row_count: String(rows), rows_sha256: rowsSha256 });
      const fileSha256 = bytesHash.digest('hex');
      try {
        await upload.commit();
      } catch (error) {
        // A request that was repeated because its answer got lost finds what it wrote itself.
        const isOurs =
          error instanceof ArchiveError &&
          error.fault === 'exists' &&
          (await hasBytes(target, path, fileSha256));
        if (!isOurs) throw error;
      }
      return { rows, bytes, firstAt: firstAt ?? 0, lastAt, fileSha256, rowsSha256 };
    },
    abort: () => upload.abort(),
  };
}

/** The rows of a file in the order of time, a row group at a time. Throws an `ArchiveError` that names it. */
export async function* archiveFileRows(
  target: ArchiveTarget,
  path: string,
  table: ArchivedTable,
  range?: { readonly from: number; readonly to: number },
): AsyncGenerator<readonly ArchivedRow[]> {
  const source = await target.open(path);
  try {
    yield* rowsOf(source, table, range);
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause;
    const reason = message('archive.unreadable', {
      said: String(cause instanceof Error ? cause.message : cause),
    });
    throw archiveError('read', path, target.url, { fault: 'unavailable', said: '', reason }, cause);
  } finally {
    await source.close();
  }
}

async function* rowsOf(
  source: ArchiveSource,
  table: ArchivedTable,
  range?: { readonly from: number; readonly to: number },
): AsyncGenerator<readonly ArchivedRow[]> {
  const file = await openParquet(source);
  const within: ParquetRange | undefined =
    range === undefined ? undefined : { column: table.partitioned.time, ...range };
  for await (const rows of file.rows(table.schema, within)) {
    if (rows.length > 0) yield rows as readonly ArchivedRow[];
  }
}

/**
 * Reads a file as whoever needs it will, and compares it with what was written.
 *
 * @param bytesToo whether its bytes are compared, too, for which it is read once more
 * @returns what is wrong with it, or null
 */
export async function faultOfFile(
  target: ArchiveTarget,
  path: string,
  table: ArchivedTable,
  written: WrittenFile,
  bytesToo = false,
): Promise<Message | null> {
  try {
    const source = await target.open(path);
    try {
      if (source.size !== written.bytes)
        return message('archive.other-size', { bytes: source.size, expected: written.bytes });
      if (bytesToo && (await bytesSha256(source)) !== written.fileSha256)
        return message('archive.other-bytes');
      const digest = createRowsDigest(table.schema);
      for await (const rows of rowsOf(source, table)) digest.add(rows);
      if (digest.count() !== written.rows)
        return message('archive.other-count', { rows: digest.count(), expected: written.rows });
      return digest.hex() === written.rowsSha256 ? null : message('archive.other-rows');
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof ArchiveError) return messageOf(error);
    return message('archive.unreadable', { said: error instanceof Error ? error.message : String(error) });
  }
}

async function hasBytes(target: ArchiveTarget, path: string, sha256: string): Promise<boolean> {
  const source = await target.open(path);
  try {
    return (await bytesSha256(source)) === sha256;
  } finally {
    await source.close();
  }
}

const BYTES_AT_A_TIME = 4 * 1024 * 1024;

async function bytesSha256(source: ArchiveSource): Promise<string> {
  const hash = createHash('sha256');
  for (let from = 0; from < source.size; from += BYTES_AT_A_TIME)
    hash.update(await source.read(from, Math.min(source.size, from + BYTES_AT_A_TIME)));
  return hash.digest('hex');
}
