import { type Message, message } from '../../../../shared/messages/message.ts';
import { messageOf } from '../../../../shared/messages/message-error.ts';
import type { Clock } from '../../time/clock.ts';
import { openParquet } from '../parquet/parquet-reader.ts';
import { type Month, monthOf } from '../partitions/partition-month.ts';
import { createSeriesIds, type SeriesName } from '../series/series-ids.ts';
import { archiveFileRows } from './archive-file.ts';
import type { RunInTransaction } from './archive-lock.ts';
import { archivePath, monthLabel } from './archive-path.ts';
import {
  noteArchivedFiles,
  noteFile,
  noteMonth,
  noteVerified,
  readFilesOf,
  readMonths,
  readPathsIn,
  type WrittenFile,
} from './archive-tables.ts';
import { ARCHIVED_TABLES, type ArchivedTable } from './archived-table.ts';
import { bytesSha256, faultOfFile } from './hashed-file.ts';
import { ArchiveError } from './targets/archive-error.ts';
import type { ArchiveTarget } from './targets/archive-target.ts';

export type AdoptContext = {
  readonly run: RunInTransaction;
  readonly target: ArchiveTarget;
  readonly clock: Clock;
  /** Called for each month whose files are now known to the database. */
  readonly onMonth: (month: {
    readonly table: ArchivedTable;
    readonly month: Month;
    readonly files: number;
    readonly rows: number;
  }) => void;
  /** Called for each file that is skipped, with the reason. */
  readonly onRefused: (path: string, reason: Message) => void;
};

type FoundFile = {
  readonly path: string;
  readonly series: SeriesName;
  readonly month: Month;
  readonly part: number;
  readonly written: WrittenFile;
};

/**
 * Registers the files of an archive in a database that has lost its records of them or never had any. Each file is read and
 * compared with the checksums in its metadata. A month that has rows in the database is skipped, because it is not known which of
 * the two is right.
 *
 * @throws ArchiveError when the archive cannot be read
 */
export async function adoptArchive(context: AdoptContext): Promise<void> {
  for (const table of ARCHIVED_TABLES) {
    const byMonth = Map.groupBy(await findUnknown(context, table), ({ month }) => month.from);
    for (const [from, files] of [...byMonth].sort(([a], [b]) => a - b))
      await adoptMonth(context, table, monthOf(from), files);
  }
}

async function findUnknown(
  { run, target, onRefused }: AdoptContext,
  table: ArchivedTable,
): Promise<readonly FoundFile[]> {
  const known = await run((client) => readPathsIn(client, target.url));
  const paths: string[] = [];
  for await (const { path } of target.list(table.name))
    if (path.endsWith('.parquet') && !known.has(path)) paths.push(path);
  const found: FoundFile[] = [];
  for (const path of paths.sort()) {
    const file = await readFile(target, table, path);
    if ('code' in file) onRefused(path, file);
    else found.push(file);
  }
  return found;
}

/** Returns the table, series, month and content of a file, or the reason why it cannot be used. */
async function readFile(
  target: ArchiveTarget,
  table: ArchivedTable,
  path: string,
): Promise<FoundFile | Message> {
  const source = await target.open(path);
  try {
    const { metadata, rowCount } = await openParquet(source);
    const { coin_id: coinId = '', vs_currency: vsCurrency = '', source: name = '', part = '' } = metadata;
    const series = { coinId, vsCurrency, source: name };
    const month = monthOf(Date.parse(`${metadata.month}-01T00:00:00Z`));
    if (Number.isNaN(month.from) || path !== archivePath(table, series, month, Number(part)))
      return message('archive.other-name');
    const hashes = {
      rows: rowCount,
      bytes: source.size,
      fileSha256: await bytesSha256(source),
      rowsSha256: metadata.rows_sha256 ?? '',
    };
    const fault = await faultOfFile(target, path, table.schema, hashes);
    if (fault !== null) return fault;
    const [first, last] = await endsOf(target, table, path);
    if (first < month.from || last >= month.to) return message('archive.other-name');
    return { path, series, month, part: Number(part), written: { ...hashes, firstAt: first, lastAt: last } };
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    return message('archive.unreadable', { said: messageOf(error) });
  } finally {
    await source.close();
  }
}

/** The times of the first and the last row, in milliseconds since the epoch. */
async function endsOf(
  target: ArchiveTarget,
  table: ArchivedTable,
  path: string,
): Promise<readonly [first: number, last: number]> {
  let [first, last] = [Number.NaN, Number.NaN];
  for await (const rows of archiveFileRows(target, path, table)) {
    for (const row of [rows[0], rows.at(-1)]) {
      if (row === undefined) continue;
      last = table.timeOf(row);
      if (Number.isNaN(first)) first = last;
    }
  }
  return [first, last];
}

async function adoptMonth(
  { run, target, clock, onMonth, onRefused }: AdoptContext,
  table: ArchivedTable,
  month: Month,
  files: readonly FoundFile[],
): Promise<void> {
  const refusal = await run(async (client): Promise<Message | null> => {
    const known = (await readMonths(client)).find(
      (one) => one.relation === table.partitioned.name && one.month === month.from,
    );
    if (known?.state === 'archived') return null;
    const label = { month: monthLabel(month) };
    if (known?.state === 'deleted') return message('archive.month-deleted', label);
    if (known?.state === 'writing') return message('archive.month-unfinished', label);
    const { name, time } = table.partitioned;
    const { rows } = await client.query<{ there: boolean }>(
      `select exists (select from ${name} where ${time} >= $1::timestamptz and ${time} < $2::timestamptz) as there`,
      [new Date(month.from).toISOString(), new Date(month.to).toISOString()],
    );
    const isStored = known?.state === 'restored' || rows[0]?.there === true;
    return isStored ? message('archive.month-stored', label) : null;
  });
  if (refusal !== null) {
    for (const { path } of files) onRefused(path, refusal);
    return;
  }
  const ids = createSeriesIds(run);
  await ids.load(files.map(({ series }) => series));
  const adopted = await run(async (client): Promise<readonly FoundFile[]> => {
    const known = new Set((await readFilesOf(client, table, month)).map(keyOfFile));
    const isKnown = ({ series, part }: FoundFile): boolean =>
      known.has(keyOfFile({ seriesId: ids.of(series).id, part }));
    for (const { path } of files.filter(isKnown)) onRefused(path, message('archive.part-known'));
    const unknown = files.filter((file) => !isKnown(file));
    for (const { series, part, path, written } of unknown) {
      const file = { seriesId: ids.of(series).id, part };
      await noteFile(client, table, month, { ...file, archiveUrl: target.url, path }, clock.now());
      await noteVerified(client, table, month, file, written);
    }
    await noteArchivedFiles(client, table, month);
    if (unknown.length > 0) await noteMonth(client, table, month, 'archived', clock.now());
    return unknown;
  });
  if (adopted.length === 0) return;
  onMonth({
    table,
    month,
    files: adopted.length,
    rows: adopted.reduce((sum, { written }) => sum + written.rows, 0),
  });
}

/** Identifies a file of a month, in whichever archive it is. */
const keyOfFile = ({ seriesId, part }: { readonly seriesId: number; readonly part: number }): string =>
  `${seriesId} ${part}`;
