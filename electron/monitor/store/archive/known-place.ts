import { openParquet } from '../parquet/parquet-reader.ts';
import type { WrittenFile } from './archive-tables.ts';
import type { ArchivedTable } from './archived-table.ts';
import { bytesSha256, faultOfFile } from './hashed-file.ts';
import { ArchiveError } from './targets/archive-error.ts';
import type { ArchiveSource, ArchiveTarget } from './targets/archive-target.ts';

/** Where a part of a series and month is, or goes. */
export type Place = { readonly part: number; readonly path: string };

/**
 * Finds where the next part goes: the first one from which on there is no file. Files before it are of a database that was lost and
 * restored since, or of another one; this one knows nothing of them.
 *
 * @param first the first part that this database has not written
 */
export async function findPlace(
  target: ArchiveTarget,
  pathOf: (part: number) => string,
  first: number,
): Promise<Place & { readonly taken: readonly Place[] }> {
  const taken: Place[] = [];
  for (let part = first; ; part += 1) {
    const path = pathOf(part);
    const source = await openIfThere(target, path);
    if (source === null) return { part, path, taken };
    await source.close();
    taken.push({ part, path });
  }
}

/**
 * The one of these files whose rows are exactly those that were about to be written, by what it says of itself and by reading it;
 * null when there is none.
 */
export async function findEqual(
  target: ArchiveTarget,
  table: ArchivedTable,
  places: readonly Place[],
  rows: Pick<WrittenFile, 'rows' | 'rowsSha256'>,
): Promise<(Place & Pick<WrittenFile, 'bytes' | 'fileSha256'>) | null> {
  for (const place of places) {
    const file = await statedBy(target, place.path);
    if (file === null || file.rowsSha256 !== rows.rowsSha256) continue;
    const { bytes, fileSha256 } = file;
    const fault = await faultOfFile(target, place.path, table.schema, { ...rows, bytes, fileSha256 }, true);
    if (fault === null) return { ...place, bytes, fileSha256 };
  }
  return null;
}

/** What a file has, and says of its rows; null where it is none of the program's, or a damaged one. */
async function statedBy(
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
    return null; // it is not a Parquet file that can be read
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
