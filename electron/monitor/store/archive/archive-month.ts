import type { PoolClient } from 'pg';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { Clock } from '../../time/clock.ts';
import type { Month } from '../partitions/partition-month.ts';
import { partitionName } from '../partitions/partitioned-table.ts';
import { archiveFileRows, createArchiveFile } from './archive-file.ts';
import { type RunInTransaction, waitLong } from './archive-lock.ts';
import { archivePath, monthLabel } from './archive-path.ts';
import {
  fingerprints,
  forgetFile,
  type KnownFile,
  noteFile,
  noteProof,
  noteUnfinished,
  noteVerified,
  type Proof,
  readFilesOf,
  readMonths,
  readProofs,
  type WrittenFile,
} from './archive-tables.ts';
import type { ArchivedRow, ArchivedTable } from './archived-table.ts';
import { dropProvenMonth, unproven } from './drop-month.ts';
import { faultOfFile } from './hashed-file.ts';
import { findEqual, findPlace, type Place } from './known-place.ts';
import { mergeParts, newRows } from './merge-rows.ts';
import { partitionRows } from './partition-rows.ts';
import { streamsOfSeries } from './series-streams.ts';
import { ArchiveError, archiveError } from './targets/archive-error.ts';
import type { ArchiveTarget } from './targets/archive-target.ts';

/** Late rows require another round. Only constant writes into the past require more than this. */
const MAX_ROUNDS = 3;

export type ArchiveContext = {
  readonly run: RunInTransaction;
  /** Receives new files. */
  readonly target: ArchiveTarget;
  /** Opens the archive of an earlier file, which may be a different archive. */
  readonly openTarget: (url: string) => Promise<ArchiveTarget>;
  readonly clock: Clock;
  /** Ends the work between two steps; completed steps are kept. */
  readonly signal: AbortSignal;
  /** Called with the number of rows read and the total. */
  readonly onProgress: (done: number, total: number) => void;
};

export type ArchivedMonth = {
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  /** How many of the files existed already, with the same rows. */
  readonly adopted: number;
  /** Paths of existing files with different rows, unknown to this database. */
  readonly others: readonly string[];
};

/**
 * Writes a month's partition to the archive, one file per series, and drops the partition. Each file is read back and compared
 * with the rows of the table; the partition is dropped only if its rows have not changed since. After a crash the next call
 * continues: verified files are not written again, and unfinished ones are removed first.
 *
 * For a month that was archived before, only rows that the archive lacks are written, to further files.
 *
 * The archive may have files that are unknown to this database, because the database was restored to an earlier time. A file with
 * exactly the same rows is adopted. One with other rows is kept, and the rows are written to a further part.
 *
 * @throws ArchiveError with the file and what is wrong with it, MessageError when the partition cannot be dropped; nothing is
 * dropped then
 */
export async function archiveMonth(
  context: ArchiveContext,
  table: ArchivedTable,
  month: Month,
): Promise<ArchivedMonth> {
  const { run, clock } = context;
  const existing: ExistingFiles = { adopted: new Set(), others: new Set() };
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const isWhole = await run((client) => beginMonth(client, table, month, clock.now()));
    const stored = await run((client) => fingerprints(client, partitionName(table.partitioned, month)), 0);
    const wanted = unproven(stored, await run((client) => readProofs(client, table, month)));
    await discardUnfinished(context, table, month, wanted);
    if (wanted.length > 0) await writeSeries(context, table, month, { wanted, isWhole, existing });
    const verified = (await run((client) => readFilesOf(client, table, month))).filter(
      ({ state }) => state === 'verified',
    );
    if (!(await dropProvenMonth(run, clock, table, month))) continue;
    const written = verified.flatMap((file) => file.written ?? []);
    return {
      rows: written.reduce((sum, { rows }) => sum + rows, 0),
      files: verified.length,
      bytes: written.reduce((sum, { bytes }) => sum + bytes, 0),
      adopted: verified.filter(({ path }) => existing.adopted.has(path)).length,
      others: [...existing.others],
    };
  }
  throw new MessageError(message('archive.changing', { relation: table.name, month: monthLabel(month) }));
}

/** Paths of existing files that were unknown to this database. */
type ExistingFiles = { readonly adopted: Set<string>; readonly others: Set<string> };

/** @returns whether the partition has all rows of the month, rather than only those written after it was archived */
async function beginMonth(
  client: PoolClient,
  table: ArchivedTable,
  month: Month,
  now: number,
): Promise<boolean> {
  await client.query(
    `insert into archived_months (relation, month, state, changed_at) values ($1, $2, 'writing', $3)
     on conflict (relation, month) do nothing`,
    [table.partitioned.name, new Date(month.from).toISOString().slice(0, 10), new Date(now).toISOString()],
  );
  const known = (await readMonths(client)).find(
    (one) => one.relation === table.partitioned.name && one.month === month.from,
  );
  return known?.state !== 'archived';
}

/** Removes unfinished files, and files of series that have changed since. */
async function discardUnfinished(
  { run, openTarget, signal }: ArchiveContext,
  table: ArchivedTable,
  month: Month,
  wanted: readonly Proof[],
): Promise<void> {
  const changed = new Set(wanted.map(({ seriesId }) => seriesId));
  const unfinished = await run(async (client) => {
    const files = await readFilesOf(client, table, month);
    const useless = files.filter(
      ({ state, seriesId }) => state === 'writing' || (state === 'verified' && changed.has(seriesId)),
    );
    for (const file of useless) await noteUnfinished(client, table, month, file);
    return useless;
  });
  for (const file of unfinished) {
    signal.throwIfAborted();
    const target = await openTarget(file.archiveUrl);
    await target.discardUploads(file.path);
    await target.remove(file.path);
    await run((client) => forgetFile(client, table, month, file));
  }
}

async function writeSeries(
  context: ArchiveContext,
  table: ArchivedTable,
  month: Month,
  {
    wanted,
    isWhole,
    existing,
  }: { readonly wanted: readonly Proof[]; readonly isWhole: boolean; readonly existing: ExistingFiles },
): Promise<void> {
  const { run, onProgress, signal } = context;
  const known = await run((client) => readFilesOf(client, table, month));
  const proofs = new Map(wanted.map((proof) => [proof.seriesId, proof]));
  const total = wanted.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  onProgress(0, total);
  await run(async (client) => {
    await waitLong(client);
    const rows = partitionRows(client, table, partitionName(table.partitioned, month), [...proofs.keys()]);
    for await (const { seriesId, batches } of streamsOfSeries(rows)) {
      const proof = proofs.get(seriesId);
      if (proof === undefined) continue;
      const counted = countingRows(batches, (count) => {
        signal.throwIfAborted();
        done += count;
        onProgress(done, total);
      });
      const files = known.filter((file) => file.seriesId === seriesId);
      await writeOne(context, table, month, { proof, files, rows: counted, isWhole, existing });
    }
  }, 0);
}

type OneSeries = {
  readonly proof: Proof;
  /** The files written before. */
  readonly files: readonly KnownFile[];
  readonly rows: AsyncIterable<readonly ArchivedRow[]>;
  readonly isWhole: boolean;
  readonly existing: ExistingFiles;
};

/** Writes the new rows of a series to a file, verifies the file and records that. */
async function writeOne(
  context: ArchiveContext,
  table: ArchivedTable,
  month: Month,
  { proof, files, rows, isWhole, existing }: OneSeries,
): Promise<void> {
  const { run, target } = context;
  const parts = await Promise.all(
    files.map(async ({ archiveUrl, path }) =>
      archiveFileRows(await context.openTarget(archiveUrl), path, table),
    ),
  );
  const fresh = newRows(table, rows, mergeParts(table, parts), isWhole);
  const written = await writeFile(context, table, month, { seriesId: proof.seriesId, files, batches: fresh });
  if (written !== null && !written.isAdopted) {
    const fault = await faultOfFile(target, written.path, table.schema, written.file);
    if (fault !== null)
      throw archiveError('read', written.path, target.url, {
        fault: 'unavailable',
        errorText: '',
        reason: fault,
      });
  }
  await run(async (client) => {
    if (written !== null) {
      const { part, path, file, isAdopted, noted } = written;
      const { seriesId } = proof;
      if (isAdopted) {
        await forgetFile(client, table, month, { seriesId, part: noted });
        const place = { seriesId, part, path, archiveUrl: target.url };
        await noteFile(client, table, month, place, context.clock.now());
      }
      await noteVerified(client, table, month, { seriesId, part }, file);
    }
    await noteProof(client, table, month, proof);
  });
  if (written?.isAdopted) existing.adopted.add(written.path);
  for (const path of written?.others ?? []) existing.others.add(path);
}

type NewFile = Place & {
  readonly file: WrittenFile;
  /** Whether the file existed already, with the same rows. */
  readonly isAdopted: boolean;
  /** The part that is recorded as being written. */
  readonly noted: number;
  /** Existing files with other rows. */
  readonly others: readonly string[];
};

/** @returns null when there are no rows */
async function writeFile(
  { run, target, clock }: ArchiveContext,
  table: ArchivedTable,
  month: Month,
  {
    seriesId,
    files,
    batches,
  }: {
    readonly seriesId: number;
    readonly files: readonly KnownFile[];
    readonly batches: AsyncIterable<readonly ArchivedRow[]>;
  },
): Promise<NewFile | null> {
  const first = Math.max(0, ...files.map((file) => file.part)) + 1;
  let place: Awaited<ReturnType<typeof findPlace>> = { part: first, path: '', existing: [] };
  let writer: Awaited<ReturnType<typeof createArchiveFile>> | null = null;
  try {
    for await (const batch of batches) {
      if (batch.length === 0) continue;
      if (writer === null) {
        const series = await run((client) => readSeriesName(client, seriesId));
        place = await findPlace(target, (part) => archivePath(table, series, month, part), first);
        const { part, path } = place;
        const noted = { seriesId, part, archiveUrl: target.url, path };
        await run((client) => noteFile(client, table, month, noted, clock.now()));
        const names = { coin_id: series.coinId, vs_currency: series.vsCurrency, source: series.source };
        writer = await createArchiveFile(target, path, table, {
          ...names,
          relation: table.name,
          month: monthLabel(month),
          part: String(part),
        });
      }
      await writer.append(batch);
    }
    if (writer === null) return null;
    const { part, path, existing } = place;
    const equal = await findEqual(target, table, existing, writer.rows());
    const others = existing.filter((one) => one.part !== equal?.part).map((one) => one.path);
    if (equal === null)
      return { part, path, file: await writer.finish(), isAdopted: false, noted: part, others };
    const { bytes, fileSha256 } = equal;
    const file = { ...writer.rows(), bytes, fileSha256 };
    await writer.abort();
    return { part: equal.part, path: equal.path, file, isAdopted: true, noted: part, others };
  } catch (error) {
    await writer?.abort();
    // The file was created after the check for existing ones. It is not ours and must not be removed as an unfinished one.
    if (error instanceof ArchiveError && error.fault === 'exists')
      await run((client) => forgetFile(client, table, month, { seriesId, part: place.part }));
    throw error;
  }
}

async function readSeriesName(client: PoolClient, id: number) {
  const { rows } = await client.query<{ coinId: string; vsCurrency: string; source: string }>(
    `select coin_id as "coinId", vs_currency as "vsCurrency", source from series where id = $1`,
    [id],
  );
  if (rows[0] === undefined) throw new Error(`There is no series ${id}.`);
  return rows[0];
}

async function* countingRows(
  batches: AsyncIterable<readonly ArchivedRow[]>,
  onRows: (count: number) => void,
): AsyncGenerator<readonly ArchivedRow[]> {
  for await (const batch of batches) {
    onRows(batch.length);
    yield batch;
  }
}
