import {
  bytesSha256,
  createHashedFile,
  faultOfFile,
  type HashedFile,
  type Row,
} from '../archive/hashed-file.ts';
import { ArchiveError, archiveError } from '../archive/targets/archive-error.ts';
import type { ArchiveSource, ArchiveTarget } from '../archive/targets/archive-target.ts';
import { openParquet } from '../parquet/parquet-reader.ts';
import type { ParquetSchema } from '../parquet/parquet-schema.ts';

export type PartSource = {
  readonly path: string;
  readonly schema: ParquetSchema;
  readonly metadata: Readonly<Record<string, string>>;
  /** The number of rows in the database. */
  readonly expectedRows: number;
  /** Reads the rows. */
  readonly rows: () => AsyncIterable<readonly Row[]>;
};

/** Smaller than the default to save memory. */
const ROWS_PER_GROUP = 16_384;

/** Writes the rows of a part to a new file, reads it back and compares it with the rows of the database. */
export async function writePart(target: ArchiveTarget, source: PartSource): Promise<HashedFile> {
  const { path, schema, metadata, rows } = source;
  await target.discardUploads(path);
  const file = await createHashedFile(target, path, { schema, metadata, rowsPerGroup: ROWS_PER_GROUP });
  let written: HashedFile;
  try {
    for await (const batch of rows()) await file.append(batch);
    written = await file.finish();
  } catch (error) {
    await file.abort();
    throw error;
  }
  const fault = await faultOfFile(target, path, schema, written);
  if (fault === null) return written;
  // Otherwise the next backup would reuse the file.
  await target.remove(path).catch(() => undefined);
  throw archiveError('read', path, target.url, { fault: 'unavailable', errorText: '', reason: fault });
}

/**
 * Returns the file of a part that an interrupted backup has written, after comparing its content with its metadata. Returns null
 * when it does not exist or is damaged; a damaged one is removed.
 */
export async function keptPart(target: ArchiveTarget, source: PartSource): Promise<HashedFile | null> {
  const { path, schema, expectedRows } = source;
  const file = await openOrNull(target, path);
  if (file === null) return null;
  const recorded = await recordedContent(file).finally(() => file.close());
  const isIntact =
    recorded !== null &&
    recorded.rows === expectedRows &&
    (await faultOfFile(target, path, schema, recorded)) === null;
  if (isIntact) return recorded;
  await target.remove(path);
  return null;
}

/** The content of a file according to its metadata, and its bytes; null when it is not a Parquet file of a backup. */
async function recordedContent(file: ArchiveSource): Promise<HashedFile | null> {
  const fileSha256 = await bytesSha256(file);
  try {
    const { metadata, rowCount } = await openParquet(file);
    const { rows_sha256: rowsSha256 = '' } = metadata;
    return { rows: rowCount, bytes: file.size, fileSha256, rowsSha256 };
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    return null;
  }
}

/** The size of a file, or null when it does not exist. */
export async function sizeOf(target: ArchiveTarget, path: string): Promise<number | null> {
  const file = await openOrNull(target, path);
  if (file === null) return null;
  await file.close();
  return file.size;
}

async function openOrNull(target: ArchiveTarget, path: string): Promise<ArchiveSource | null> {
  try {
    return await target.open(path);
  } catch (error) {
    if (error instanceof ArchiveError && error.fault === 'missing') return null;
    throw error;
  }
}

/** Writes a small file unless it exists. */
export async function writeBytes(target: ArchiveTarget, path: string, bytes: Uint8Array): Promise<void> {
  const upload = await target.create(path);
  try {
    await upload.write(bytes);
    await upload.commit();
  } catch (error) {
    await upload.abort();
    if (!(error instanceof ArchiveError && error.fault === 'exists')) throw error;
  }
}
