import type { PoolClient } from 'pg';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import { waitLong, withArchiveLock } from '../../archive/archive-lock.ts';
import { fileRows } from '../../archive/hashed-file.ts';
import { createRowsDigest } from '../../archive/rows-digest.ts';
import { archiveError } from '../../archive/targets/archive-error.ts';
import type { ArchiveTarget } from '../../archive/targets/archive-target.ts';
import { type Migration, withLongTimeout } from '../../connection/migrate.ts';
import { monthOf } from '../../partitions/partition-month.ts';
import { makePartition, PARTITIONED_TABLES } from '../../partitions/partitioned-table.ts';
import { NEXT_SERIES } from '../../series/next-series.ts';
import { BACKUP_TABLES } from '../backup-tables.ts';
import type { Manifest, ManifestPart, ManifestTable } from '../manifest.ts';
import { parquetSchemaOf } from '../table-columns.ts';
import { partRows, readParts } from '../table-parts.ts';
import { verifyBackup } from '../verify-backup.ts';
import { dropTables } from './drop-tables.ts';
import { insertRows } from './insert-rows.ts';
import { allowWriting, beginRestore, endRestore, noteRestored, readMarks } from './restore-marks.ts';
import type { RestoreServer } from './restore-server.ts';

/** The phase of a restore: reading the backup, writing its rows, or comparing them. */
export type RestoreProgress = {
  readonly step: 'check' | 'write' | 'compare';
  /** Rows processed, and the total of the backup. */
  readonly done: number;
  readonly total: number;
};

export type RestoreContext = {
  readonly server: RestoreServer;
  readonly target: ArchiveTarget;
  readonly manifest: Manifest;
  /** The migrations of this program, in order. */
  readonly migrations: readonly Migration[];
  /** Whether existing data is deleted; otherwise the restore is refused. */
  readonly replaces: boolean;
  readonly signal: AbortSignal;
  /** Called often; not awaited. */
  readonly onProgress: (progress: RestoreProgress) => void;
};

export type RestoreResult = {
  readonly rows: number;
  /** Whether this call continued an interrupted restore of the same backup. */
  readonly isContinued: boolean;
  /** The schema version of the backup, when it was older than the program's and has been migrated. */
  readonly migratedFrom: number | null;
  /** Archives of months that the backup refers to but does not contain. */
  readonly archives: readonly string[];
};

/**
 * Restores a backup into a database. First all files are compared with the manifest, before anything is changed; then the tables
 * are created in the version of the backup and filled, one part per transaction; then all rows are read from the database and
 * compared with the manifest. After a crash the next call continues. Other sessions cannot write to the tables until the
 * comparison is complete.
 *
 * @throws MessageError with what is wrong with the backup or which data is in the database; ArchiveError; the signal's reason
 */
export async function restoreBackup(context: RestoreContext): Promise<RestoreResult> {
  const { server, manifest, migrations } = context;
  const newest = migrations.at(-1)?.version ?? 0;
  const { schemaVersion, id } = manifest;
  if (schemaVersion > newest)
    throw new MessageError(message('restore.newer-schema', { id, version: schemaVersion, newest }));
  refuseUnknownTables(manifest);
  await checkFiles(context);
  // Prevents archiving and other restores meanwhile.
  const isContinued = await withArchiveLock(server.run, async () => {
    const found = await prepareTables(context);
    await writeParts(context);
    await server.run((client) => client.query(NEXT_SERIES));
    await compareRows(context);
    await server.run(endRestore, 0);
    return found;
  });
  await server.migrate(migrations);
  const archives = await server.run(readArchives);
  const { rows } = manifest;
  return { rows, isContinued, archives, migratedFrom: schemaVersion === newest ? null : schemaVersion };
}

function refuseUnknownTables({ id, tables }: Manifest): void {
  const known = new Set(BACKUP_TABLES.map(({ name }) => name));
  const unknown = tables.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (unknown.length > 0) throw new MessageError(message('restore.unknown-tables', { id, unknown }));
}

async function checkFiles({ target, manifest, signal, onProgress }: RestoreContext): Promise<void> {
  const parts = new Map(manifest.tables.flatMap(({ parts: all }) => all).map((part) => [part.path, part]));
  let done = 0;
  await verifyBackup({
    target,
    manifest,
    rowsToo: false,
    signal,
    onFile(path, fault) {
      if (fault !== null)
        throw archiveError('read', path, target.url, { fault: 'unavailable', errorText: '', reason: fault });
      done += parts.get(path)?.rows ?? 0;
      onProgress({ step: 'check', done, total: manifest.rows });
    },
  });
}

/** @returns whether parts of an interrupted restore exist */
async function prepareTables({ server, manifest, migrations, replaces }: RestoreContext): Promise<boolean> {
  const { run } = server;
  const { schemaVersion, id } = manifest;
  const marks = await run(readMarks);
  const version = await run(readSchemaVersion);
  if (marks !== null && marks.backup !== id && !replaces)
    throw new MessageError(message('restore.other-begun', { id: marks.backup }));
  const isOwn = marks?.backup === id;
  if (isOwn && version === schemaVersion && !replaces) return true;
  if (version !== null && marks === null && !replaces) await run(refuseUnlessEmpty, 0);
  const ours = migrations.filter((migration) => migration.version <= schemaVersion);
  if (version !== null && version !== schemaVersion) await run(dropTables, 0);
  await server.migrate(ours);
  await run((client) => beginRestore(client, id), 0);
  return false;
}

/** Null when the program's tables do not exist. */
async function readSchemaVersion(client: PoolClient): Promise<number | null> {
  const { rows: found } = await client.query<{ there: boolean }>(
    `select to_regclass('schema_migrations') is not null as there`,
  );
  if (found[0]?.there !== true) return null;
  const { rows } = await client.query<{ version: number | null }>(
    'select max(version) as version from schema_migrations',
  );
  return rows[0]?.version ?? null;
}

async function refuseUnlessEmpty(client: PoolClient): Promise<void> {
  const found: string[] = [];
  for (const { name } of BACKUP_TABLES) {
    const { rows: there } = await client.query<{ there: boolean }>(
      'select to_regclass($1) is not null as there',
      [name],
    );
    if (there[0]?.there !== true) continue;
    const { rows } = await client.query<{ count: number }>(
      withLongTimeout(`select count(*)::double precision as count from ${name}`),
    );
    const count = rows[0]?.count ?? 0;
    if (count > 0) found.push(`${name} ${count}`);
  }
  // Tables of an earlier version, which have other names.
  const { rows: old } = await client.query<{ there: boolean }>(
    `select to_regclass('ticks_to_move') is not null or to_regclass('series') is null as there`,
  );
  if (old[0]?.there === true) found.push('tables of an earlier version');
  if (found.length > 0) throw new MessageError(message('restore.not-empty', { found }));
}

async function writeParts({ server, target, manifest, signal, onProgress }: RestoreContext): Promise<void> {
  const { run } = server;
  const marks = await run(readMarks);
  let done = 0;
  const report = (added: number): void => {
    done += added;
    onProgress({ step: 'write', done, total: manifest.rows });
  };
  for (const table of manifest.tables) {
    for (const part of table.parts) {
      signal.throwIfAborted();
      if (marks?.done.has(part.path) === true) {
        report(part.rows);
        continue;
      }
      await makePartitionOf(run, table, part);
      await run(async (client) => {
        await waitLong(client);
        await allowWriting(client);
        for await (const rows of fileRows(target, part.path, parquetSchemaOf(table.columns))) {
          signal.throwIfAborted();
          await insertRows(client, table.name, table.columns, rows);
          report(rows.length);
        }
        await noteRestored(client, manifest.id, part.path);
      }, 0);
    }
  }
}

async function makePartitionOf(
  run: RestoreServer['run'],
  { name }: ManifestTable,
  { firstAt }: ManifestPart,
): Promise<void> {
  const table = PARTITIONED_TABLES.find((one) => one.name === name);
  if (table === undefined || firstAt === null) return;
  await run((client) => makePartition(client, table, monthOf(firstAt)));
}

async function readArchives(client: PoolClient): Promise<readonly string[]> {
  const { rows } = await client.query<{ url: string }>(
    'select distinct archive_url as url from archive_files order by 1',
  );
  return rows.map(({ url }) => url);
}

/** Reads all rows of the database and compares them with the manifest: none may be missing, different or additional. */
async function compareRows({ server, manifest, signal, onProgress }: RestoreContext): Promise<void> {
  const { run } = server;
  let done = 0;
  await run(
    async (client) => {
      await waitLong(client);
      for (const { name, columns, parts } of manifest.tables) {
        const table = BACKUP_TABLES.find((one) => one.name === name);
        if (table === undefined) continue;
        const stored = await readParts(client, table);
        const differs = (label: string): MessageError =>
          new MessageError(message('restore.differs', { table: name, label }));
        for (const { label } of stored) if (!parts.some((part) => part.label === label)) throw differs(label);
        for (const part of parts) {
          const digest = createRowsDigest(parquetSchemaOf(columns));
          for await (const rows of partRows(run, client, table, columns, part.label)) {
            signal.throwIfAborted();
            digest.add(rows);
            done += rows.length;
            onProgress({ step: 'compare', done, total: manifest.rows });
          }
          if (digest.count() !== part.rows || digest.hex() !== part.rowsSha256) throw differs(part.label);
        }
      }
    },
    0,
    'repeatable read',
  );
}
