import type { ClientBase } from 'pg';
import { type KnownFile, readFilesBetween } from './archive-tables.ts';
import type { ArchivedRow, ArchivedTable } from './archived-table.ts';
import { mergeParts } from './merge-rows.ts';
import type { OpenedTargets } from './targets/open-targets.ts';

export type ArchivedRange = {
  readonly seriesIds: readonly number[];
  /** In milliseconds since the epoch; `to` is excluded. */
  readonly from: number;
  readonly to: number;
};

/** Rows of one series that are in no table, in time order, in batches of some thousand. */
export type ArchivedSeries = {
  readonly seriesId: number;
  readonly source: string;
  readonly batches: AsyncIterable<readonly ArchivedRow[]>;
};

/**
 * The archived rows of a range, by series. Only the row groups of the range are read, when their batches are requested. Rows that
 * are in the table are not included; `lockLocations` ensures that this stays so until the transaction ends.
 */
export async function readArchive(
  client: ClientBase,
  targets: Pick<OpenedTargets, 'open'>,
  table: ArchivedTable,
  { seriesIds, from, to }: ArchivedRange,
): Promise<readonly ArchivedSeries[]> {
  const files = await readFilesBetween(client, table, seriesIds, from, to);
  const bySeries = Map.groupBy(files, ({ seriesId }) => seriesId);
  return [...bySeries].map(([seriesId, own]) => ({
    seriesId,
    source: own[0]?.series.source ?? '',
    batches: monthByMonth(targets, table, own, { from, to }),
  }));
}

async function* monthByMonth(
  targets: Pick<OpenedTargets, 'open'>,
  table: ArchivedTable,
  files: readonly KnownFile[],
  range: { readonly from: number; readonly to: number },
): AsyncGenerator<readonly ArchivedRow[]> {
  // The Parquet reader takes 10 MB, and few charts reach into an archive.
  const { archiveFileRows } = await import('./archive-file.ts');
  // Files are sorted by month and part.
  for (const [, parts] of Map.groupBy(files, ({ month }) => month)) {
    const batches: AsyncIterable<readonly ArchivedRow[]>[] = [];
    for (const { archiveUrl, path } of parts)
      batches.push(archiveFileRows(await targets.open(archiveUrl), path, table, range));
    yield* mergeParts(table, batches);
  }
}
