import {
  type ArchivePlace,
  isArchivePlace,
  parseArchiveUrl,
} from '../../../../shared/settings/archive-url.ts';
import type { KnownFile } from '../archive/archive-tables.ts';
import type { ArchivedTable } from '../archive/archived-table.ts';

/** The location and the files of an archive, for the statements of other programs. */
export type LakeArchive = {
  readonly place: ArchivePlace;
  /** The files of archived months; paths are relative to `place`. */
  readonly files: readonly Pick<KnownFile, 'relation' | 'path'>[];
};

/** The folder levels below that of the kind of file, which readers see as columns. */
export const FOLDERS = ['source', 'coin_id', 'vs_currency', 'month'] as const;

/** Returns the archive of a validated URL, with those of the database's files that are in it. */
export function lakeArchive(archiveUrl: string, files: readonly KnownFile[]): LakeArchive {
  const place = parseArchiveUrl(archiveUrl);
  if (!isArchivePlace(place)) throw new Error(`${archiveUrl} is not an archive.`);
  return { place, files: files.filter((file) => file.archiveUrl === archiveUrl) };
}

/** The name of an external table. Files of candles are parts, from which a view selects the last candle of each minute. */
export const tableName = ({ name }: ArchivedTable): string =>
  name === 'candles_1m' ? 'candles_1m_parts' : name;

/** The distinct values of a folder level in the paths of these files, percent-encoded as in the paths and sorted. */
export function folderValues(files: LakeArchive['files'], name: (typeof FOLDERS)[number]): readonly string[] {
  const values = files.flatMap(({ path }) =>
    path
      .split('/')
      .filter((folder) => folder.startsWith(`${name}=`))
      .map((folder) => folder.slice(name.length + 1)),
  );
  return [...new Set(values)].sort();
}
