import {
  type ArchivePlace,
  isArchivePlace,
  parseArchiveUrl,
} from '../../../../shared/settings/archive-url.ts';
import type { KnownFile } from '../archive/archive-tables.ts';
import type { ArchivedTable } from '../archive/archived-table.ts';

/** What the files of an archive are, as the statements of other programs need to know it. */
export type LakeArchive = {
  readonly place: ArchivePlace;
  /** The files of months that were archived, whose paths are below the place. */
  readonly files: readonly Pick<KnownFile, 'relation' | 'path'>[];
};

/** The folders of a file's path below that of its kind, which readers see as columns. */
export const FOLDERS = ['source', 'coin_id', 'vs_currency', 'month'] as const;

/** The archive of a URL that the settings have accepted, with those of the database's files that are in it. */
export function lakeArchive(archiveUrl: string, files: readonly KnownFile[]): LakeArchive {
  const place = parseArchiveUrl(archiveUrl);
  if (!isArchivePlace(place)) throw new Error(`${archiveUrl} is no archive.`);
  return { place, files: files.filter((file) => file.archiveUrl === archiveUrl) };
}

/** The name of an external table. Files of candles are parts, of which a view takes the last one of each minute. */
export const tableName = ({ name }: ArchivedTable): string =>
  name === 'candles_1m' ? 'candles_1m_parts' : name;

/** The values that a folder has in the paths of these files, as they stand there: percent-encoded, sorted, each once. */
export function folderValues(files: LakeArchive['files'], name: (typeof FOLDERS)[number]): readonly string[] {
  const values = files.flatMap(({ path }) =>
    path
      .split('/')
      .filter((folder) => folder.startsWith(`${name}=`))
      .map((folder) => folder.slice(name.length + 1)),
  );
  return [...new Set(values)].sort();
}
