import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { lockLocations, waitLong } from '../archive/archive-lock.ts';
import type { Row } from '../archive/hashed-file.ts';
import type { ArchiveTarget } from '../archive/targets/archive-target.ts';
import type { RunInDatabase } from '../work/with-provider.ts';
import { BACKUP_TABLES, type BackupTable } from './backup-tables.ts';
import { listBackups, readManifest } from './known-backups.ts';
import {
  BACKUP_FORMAT,
  backupId,
  encodeManifest,
  type Manifest,
  type ManifestPart,
  type ManifestTable,
  manifestPath,
} from './manifest.ts';
import { type BackupColumn, parquetSchemaOf, readColumns } from './table-columns.ts';
import { partPath, partRows, readParts, type TablePart } from './table-parts.ts';
import { keptPart, type PartSource, sizeOf, writeBytes, writePart } from './write-part.ts';

/** The progress of a backup. */
export type BackupProgress = {
  readonly table: string;
  readonly label: string;
  /** Rows backed up, of all tables. */
  readonly rows: number;
  readonly totalRows: number;
};

export type BackupContext = {
  readonly run: RunInDatabase;
  readonly target: ArchiveTarget;
  /** The settings without secrets; null for none. */
  readonly settings: string | null;
  readonly programVersion: string;
  readonly signal: AbortSignal;
  /** Called often; not awaited. */
  readonly onProgress: (progress: BackupProgress) => void;
};

export type BackupResult = {
  readonly manifest: Manifest;
  /** Number of files that this backup has written, and their size. */
  readonly written: number;
  readonly writtenBytes: number;
  /** Number of existing files that were reused, from earlier or interrupted backups. */
  readonly reused: number;
};

/**
 * Backs up the database, as of one instant, while the program keeps running. A part that an earlier backup in this place has with
 * the same content is not written again. Files are read back and compared with the rows of the database; the manifest is written
 * last. After a crash the next backup continues with the existing files.
 *
 * @throws MessageError, ArchiveError; the signal's reason when it aborts
 */
export async function writeBackup(context: BackupContext): Promise<BackupResult> {
  const { run } = context;
  const known = await knownParts(context.target);
  // Taken before the snapshot: a partition that is dropped in between would be missing from the snapshot.
  return run(async (holder) => {
    await waitLong(holder);
    await lockLocations(holder);
    return run((client) => backUp(context, client, known), 0, 'repeatable read');
  }, 0);
}

async function backUp(
  context: BackupContext,
  client: PoolClient,
  known: ReadonlyMap<string, ManifestPart>,
): Promise<BackupResult> {
  await waitLong(client);
  await refuseWhileCopying(client);
  // Prevents tables from being dropped or altered before they are read.
  await client.query(`lock table ${BACKUP_TABLES.map(({ name }) => name).join(', ')} in access share mode`);
  const facts = await readFacts(client);
  const found = await readTables(client, context.signal);
  const totalRows = found.reduce((sum, { parts }) => sum + rowsOf(parts), 0);
  const count = { written: 0, writtenBytes: 0, reused: 0 };
  const tables: ManifestTable[] = [];
  let rows = 0;
  for (const { table, columns, parts } of found) {
    const done: ManifestPart[] = [];
    for (const part of parts) {
      const report = (added: number): void => {
        rows += added;
        context.onProgress({ table: table.name, label: part.label, rows, totalRows });
      };
      const before = rows;
      const path = partPath(table.name, columns, part);
      const source = sourceOf(context, client, { table, columns, part, path }, report);
      const { file, isNew } = await settle(context.target, source, known.get(path));
      if (isNew) {
        count.written += 1;
        count.writtenBytes += file.bytes;
      } else {
        count.reused += 1;
        report(before + part.rows - rows);
      }
      const { label, firstAt, lastAt } = part;
      done.push({ path, label, firstAt, lastAt, ...file });
    }
    tables.push({ name: table.name, columns, rows: rowsOf(done), parts: done });
  }
  const settings = await writeSettings(context);
  const manifest: Manifest = {
    format: 'crypto-price-monitor-backup',
    formatVersion: BACKUP_FORMAT,
    id: backupId(facts.takenAt),
    takenAt: new Date(facts.takenAt).toISOString(),
    programVersion: context.programVersion,
    schemaVersion: facts.schemaVersion,
    postgresVersion: facts.postgresVersion,
    rows: totalRows,
    tables,
    settings,
  };
  context.signal.throwIfAborted();
  await writeBytes(context.target, manifestPath(manifest.id), encodeManifest(manifest));
  return { manifest, ...count };
}

type FoundTable = {
  readonly table: BackupTable;
  readonly columns: readonly BackupColumn[];
  readonly parts: readonly TablePart[];
};

async function readTables(client: PoolClient, signal: AbortSignal): Promise<readonly FoundTable[]> {
  const found: FoundTable[] = [];
  for (const table of BACKUP_TABLES) {
    signal.throwIfAborted();
    const columns = await readColumns(client, table.name);
    found.push({ table, columns, parts: await readParts(client, table) });
  }
  return found;
}

type FoundPart = Omit<FoundTable, 'parts'> & { readonly part: TablePart; readonly path: string };

function sourceOf(
  { run, signal }: BackupContext,
  client: PoolClient,
  { table, columns, part, path }: FoundPart,
  onRows: (count: number) => void,
): PartSource {
  async function* rows(): AsyncGenerator<readonly Row[]> {
    for await (const batch of partRows(run, client, table, columns, part.label)) {
      signal.throwIfAborted();
      yield batch;
      onRows(batch.length);
    }
  }
  return {
    path,
    schema: parquetSchemaOf(columns),
    metadata: { content: table.name, part: part.label },
    expectedRows: part.rows,
    rows,
  };
}

/** The file of a part: reused from an earlier or interrupted backup, or written now. */
async function settle(target: ArchiveTarget, source: PartSource, earlier: ManifestPart | undefined) {
  if (earlier !== undefined && (await sizeOf(target, source.path)) === earlier.bytes) {
    const { rows, bytes, fileSha256, rowsSha256 } = earlier;
    return { file: { rows, bytes, fileSha256, rowsSha256 }, isNew: false };
  }
  const kept = await keptPart(target, source);
  if (kept !== null) return { file: kept, isNew: false };
  return { file: await writePart(target, source), isNew: true };
}

async function writeSettings({ target, settings }: BackupContext): Promise<Manifest['settings']> {
  if (settings === null) return null;
  const bytes = Buffer.from(settings);
  const fileSha256 = createHash('sha256').update(bytes).digest('hex');
  const path = `data/settings/${fileSha256.slice(0, 24)}.json`;
  if ((await sizeOf(target, path)) !== bytes.length) {
    await target.remove(path);
    await writeBytes(target, path, bytes);
  }
  return { path, bytes: bytes.length, fileSha256 };
}

/** The parts of the complete backups in this place, by path. Backups with a damaged manifest are ignored. */
async function knownParts(target: ArchiveTarget): Promise<ReadonlyMap<string, ManifestPart>> {
  const known = new Map<string, ManifestPart>();
  for (const id of await listBackups(target)) {
    const manifest = await readManifest(target, id).catch((error: unknown) => {
      if (error instanceof MessageError && error.content.code.startsWith('backup.')) return null;
      throw error;
    });
    for (const part of manifest?.tables.flatMap(({ parts }) => parts) ?? []) known.set(part.path, part);
  }
  return known;
}

async function refuseWhileCopying(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ copying: boolean }>(
    `select to_regclass('ticks_to_move') is not null as copying`,
  );
  if (rows[0]?.copying === true) throw new MessageError(message('archive.copying'));
}

type Facts = {
  readonly takenAt: number;
  readonly schemaVersion: number;
  readonly postgresVersion: string;
};

async function readFacts(client: PoolClient): Promise<Facts> {
  const { rows } = await client.query<Facts>(`
    select
      floor(extract(epoch from transaction_timestamp()) * 1000)::double precision as "takenAt",
      (select max(version) from schema_migrations) as "schemaVersion",
      current_setting('server_version') as "postgresVersion"`);
  if (rows[0] === undefined) throw new Error('The server gave no version.');
  return rows[0];
}

function rowsOf(parts: readonly { readonly rows: number }[]): number {
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}
