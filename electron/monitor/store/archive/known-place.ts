import { openParquet } from '../parquet/parquet-reader.ts';
import type { WrittenFile } from './archive-tables.ts';
import type { ArchivedTable } from './archived-table.ts';
import { bytesSha256, faultOfFile } from './hashed-file.ts';
import { ArchiveError } from './targets/archive-error.ts';
import type { ArchiveSource, ArchiveTarget } from './targets/archive-target.ts';

/** The part number and path of a file of a series and month. */
export type Place = { readonly part: number; readonly path: string };

/**
 * Finds the place of the next part: the first one with no existing file at it or after it. Existing files before it belong to a
 * database that was lost and restored since, or to another one, and are unknown to this one.
 *
 * @param first the first part that this database has not written
 */
export async function findPlace(
  target: ArchiveTarget,
  pathOf: (part: number) => string,
  first: number,
): Promise<Place & { readonly existing: readonly Place[] }> {
  const existing: Place[] = [];
  for (let part = first; ; part += 1) {
    const path = pathOf(part);
    const source = await openIfThere(target, path);
    if (source === null) return { part, path, existing };
    await source.close();
    existing.push({ part, path });
  }
}

/**
 * Returns the file whose rows are exactly those about to be written, according to its metadata and its content; null when there
 * is no such file.
 */
export async function findEqual(
  target: ArchiveTarget,
  table: ArchivedTable,
  places: readonly Place[],
  rows: Pick<WrittenFile, 'rows' | 'rowsSha256'>,
): Promise<(Place & Pick<WrittenFile, 'bytes' | 'fileSha256'>) | null> {
  for (const place of places) {
    const file = await recordedContent(target, place.path);
    if (file === null || file.rowsSha256 !== rows.rowsSha256) continue;
    const { bytes, fileSha256 } = file;
    const fault = await faultOfFile(target, place.path, table.schema, { ...rows, bytes, fileSha256 }, true);
    if (fault === null) return { ...place, bytes, fileSha256 };
  }
  return null;
}

/** The content of a file according to its metadata; null when it was not written by this program or is damaged. */
async function recordedContent(
  target: ArchiveTarget,
  path: string,
): Promise<Pick<WrittenFile, 'bytes' | 'fileSha256' | 'rowsSha256'> | null> {
  const source = await openIfThere(target, path);
  if (source === null) return null;
  try {
    const { metadata } = await openParquet(source);
    const { rows_sha256: rowsSha256 = '' } = metadata;
    return { bytes: source.size, fileSha256: await bytesSha256(source), rowsSha256 };
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    return null; // not a readable Parquet file
  } finally {
    await source.close();
  }
}

async function openIfThere(target: ArchiveTarget, path: string): Promise<ArchiveSource | null> {
  try {
    return await target.open(path);
  } catch (error) {
    if (error instanceof ArchiveError && error.fault === 'missing') return null;
    throw error;
  }
}
