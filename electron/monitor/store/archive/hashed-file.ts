import { createHash } from 'node:crypto';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { messageOf } from '../../../../shared/messages/message-error.ts';
import { openParquet, type ParquetRange } from '../parquet/parquet-reader.ts';
import type { ParquetSchema, ParquetValue } from '../parquet/parquet-schema.ts';
import { createParquetWriter } from '../parquet/parquet-writer.ts';
import type { Compression } from '../parquet/zstd.ts';
import { createRowsDigest } from './rows-digest.ts';
import { ArchiveError, archiveError } from './targets/archive-error.ts';
import type { ArchiveSource, ArchiveTarget } from './targets/archive-target.ts';

export type Row = Readonly<Record<string, ParquetValue>>;

/** The size and hashes of a file when it was written. */
export type HashedFile = {
  readonly rows: number;
  readonly bytes: number;
  readonly fileSha256: string;
  /** See `createRowsDigest`. */
  readonly rowsSha256: string;
};

/** A Parquet file that is being written to a target, with hashes of its bytes and rows. */
export type HashedFileWriter = {
  append(rows: readonly Row[]): Promise<void>;
  /** The rows appended so far. */
  rows(): Pick<HashedFile, 'rows' | 'rowsSha256'>;
  /** Commits the file to the target. Throws `exists` when a file of this name exists. */
  finish(): Promise<HashedFile>;
  /** Discards the file. Does not fail. */
  abort(): Promise<void>;
};

export type HashedFileOptions = {
  readonly schema: ParquetSchema;
  /** Key-value metadata of the file, in addition to its row count and hash. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Rows for which this differs are never in the same row group. */
  readonly groupBy?: (row: Row) => number | string;
  readonly rowsPerGroup?: number;
  readonly compression?: Compression;
};

export async function createHashedFile(
  target: ArchiveTarget,
  path: string,
  { schema, metadata, groupBy, rowsPerGroup, compression }: HashedFileOptions,
): Promise<HashedFileWriter> {
  const upload = await target.create(path);
  const bytesHash = createHash('sha256');
  const digest = createRowsDigest(schema);
  const parquet = createParquetWriter<ParquetSchema>({
    schema,
    sink(bytes) {
      bytesHash.update(bytes);
      return upload.write(bytes);
    },
    metadata,
    ...(groupBy && { groupBy: (row) => groupBy(row as Row) }),
    ...(rowsPerGroup !== undefined && { rowsPerGroup }),
    ...(compression !== undefined && { compression }),
  });
  return {
    async append(rows) {
      digest.add(rows);
      await parquet.append(rows as never);
    },
    rows: () => ({ rows: digest.count(), rowsSha256: digest.hex() }),
    async finish() {
      const rows = digest.count();
      const rowsSha256 = digest.hex();
      const { bytes } = await parquet.finish({ row_count: String(rows), rows_sha256: rowsSha256 });
      const fileSha256 = bytesHash.digest('hex');
      try {
        await upload.commit();
      } catch (error) {
        // A request that is retried because its response was lost finds the file that it wrote itself.
        const isOurs =
          error instanceof ArchiveError &&
          error.fault === 'exists' &&
          (await hasBytes(target, path, fileSha256));
        if (!isOurs) throw error;
      }
      return { rows, bytes, fileSha256, rowsSha256 };
    },
    abort: () => upload.abort(),
  };
}

/** The rows of a file in order, one row group at a time. Throws an `ArchiveError` that names the file. */
export async function* fileRows(
  target: ArchiveTarget,
  path: string,
  schema: ParquetSchema,
  range?: ParquetRange,
): AsyncGenerator<readonly Row[]> {
  const source = await target.open(path);
  try {
    yield* rowsOf(source, schema, range);
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause;
    const reason = message('archive.unreadable', { said: messageOf(cause) });
    throw archiveError('read', path, target.url, { fault: 'unavailable', errorText: '', reason }, cause);
  } finally {
    await source.close();
  }
}

async function* rowsOf(
  source: ArchiveSource,
  schema: ParquetSchema,
  range?: ParquetRange,
): AsyncGenerator<readonly Row[]> {
  const file = await openParquet(source);
  for await (const rows of file.rows(schema, range)) {
    if (rows.length > 0) yield rows as readonly Row[];
  }
}

/**
 * Reads a file as its readers do and compares it with what was written.
 *
 * @param bytesToo also compares the bytes, which requires a second read
 * @returns the difference, or null
 */
export async function faultOfFile(
  target: ArchiveTarget,
  path: string,
  schema: ParquetSchema,
  written: HashedFile,
  bytesToo = false,
): Promise<Message | null> {
  return faultIn(target, path, async (source) => {
    const fault = await faultOfBytes(source, written, bytesToo);
    if (fault !== null) return fault;
    const digest = createRowsDigest(schema);
    for await (const rows of rowsOf(source, schema)) digest.add(rows);
    if (digest.count() !== written.rows)
      return message('archive.other-count', { rows: digest.count(), expected: written.rows });
    return digest.hex() === written.rowsSha256 ? null : message('archive.other-rows');
  });
}

/** Compares only the bytes of a file with what was written. */
export async function faultOfFileBytes(
  target: ArchiveTarget,
  path: string,
  written: Pick<HashedFile, 'bytes' | 'fileSha256'>,
): Promise<Message | null> {
  return faultIn(target, path, (source) => faultOfBytes(source, written, true));
}

async function faultIn(
  target: ArchiveTarget,
  path: string,
  look: (source: ArchiveSource) => Promise<Message | null>,
): Promise<Message | null> {
  try {
    const source = await target.open(path);
    try {
      return await look(source);
    } finally {
      await source.close();
    }
  } catch (error) {
    // The caller's message names the file.
    if (error instanceof ArchiveError) return error.reason;
    return message('archive.unreadable', { said: messageOf(error) });
  }
}

async function faultOfBytes(
  source: ArchiveSource,
  { bytes, fileSha256 }: Pick<HashedFile, 'bytes' | 'fileSha256'>,
  bytesToo: boolean,
): Promise<Message | null> {
  if (source.size !== bytes) return message('archive.other-size', { bytes: source.size, expected: bytes });
  return bytesToo && (await bytesSha256(source)) !== fileSha256 ? message('archive.other-bytes') : null;
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

/** SHA-256 of all bytes; holds a few megabytes in memory. */
export async function bytesSha256(source: ArchiveSource): Promise<string> {
  const hash = createHash('sha256');
  for (let from = 0; from < source.size; from += BYTES_AT_A_TIME)
    hash.update(await source.read(from, Math.min(source.size, from + BYTES_AT_A_TIME)));
  return hash.digest('hex');
}
