import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { closeMarked, findLog, keepLog, markOpen } from './write-ahead-log.ts';

/** Version 1 was a queue of tasks, each with a mark of its own. */
const SCHEMA_VERSION = 2;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Why a journal was set aside, for the user. */
export type SetAside = { readonly keptAs: string; readonly reason: string };

/** What was accepted last before a crash is lost. A log that was there and could not be read is kept. */
export type LostLog = { readonly keptAs: string | null };

export type OpenedLogFile = {
  readonly database: DatabaseSync;
  /** Null unless there was a damaged file, which was moved out of the way. */
  readonly setAside: SetAside | null;
  /** Null unless the file is whole, but its write-ahead log is not. */
  readonly lostLog: LostLog | null;
  close(): void;
};

/**
 * Opens `journal.sqlite`, or makes it. Every commit is synced to disk before it returns (WAL, synchronous=full). It can
 * be open only once: a second program on the same data folder gets `database is locked`.
 * A damaged file is renamed to `….bad-<time>` and a new one made, because the program must be able to go on.
 *
 * @param now milliseconds since the epoch, for the name of a damaged file
 */
export function openLogFile(path: string, now: number): OpenedLogFile {
  mkdirSync(dirname(path), { recursive: true });
  const suffix = `.bad-${new Date(now).toISOString().replaceAll(':', '-')}`;
  const open = (setAside: SetAside | null): OpenedLogFile => {
    const log = findLog(path);
    const keptLog = log === 'damaged' ? `${path}-wal${suffix}` : null;
    if (keptLog !== null) keepLog(path, keptLog);
    const database = openChecked(path);
    const wasKilled = markOpen(database);
    const isLost = keptLog !== null || (wasKilled && log === 'none');
    return {
      database,
      setAside,
      lostLog: isLost ? { keptAs: keptLog } : null,
      close: () => closeMarked(database),
    };
  };

  const openAnew = (reason: string): OpenedLogFile => {
    const keptAs = path + suffix;
    moveAside(path, keptAs);
    return open({ keptAs, reason });
  };

  const emptiness = whyEmpty(path);
  if (emptiness !== null) return openAnew(emptiness);
  try {
    return open(null);
  } catch (error) {
    const reason = damage(error);
    if (reason === null) throw cannotOpen(path, error);
    return openAnew(reason);
  }
}

/**
 * Why there is nothing in a journal that has been there, or null. SQLite would take an empty file for a new one, and
 * remove the log that belonged to the old one.
 */
function whyEmpty(path: string): string | null {
  const size = sizeOf(path);
  if (size === 0) return 'the file is empty';
  return size === null && (sizeOf(`${path}-wal`) ?? 0) > 0
    ? 'the file is gone and only its write-ahead log was left'
    : null;
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

/** SQLite's own finding that the file is damaged. */
class DamagedLogFile extends Error {}

function openChecked(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    // Exclusive: one program holds the journal, and SQLite needs no shared memory file beside it.
    database.exec(`
      pragma locking_mode = exclusive;
      pragma auto_vacuum = incremental;
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma journal_size_limit = 16777216;`);
    const check = database.prepare('pragma quick_check(1)').get();
    if (check?.quick_check !== 'ok') throw new DamagedLogFile(String(check?.quick_check));
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Brings the file to the present schema, in one transaction. */
function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('pragma user_version').get()?.user_version);
  if (version > SCHEMA_VERSION) {
    throw new Error(`it was written by a newer version of the program (${version} > ${SCHEMA_VERSION})`);
  }
  if (version === SCHEMA_VERSION) return;
  database.exec('begin');
  try {
    if (version === 1) {
      completeVersion1(database);
      database.exec(TAKE_OVER_VERSION_1);
    } else {
      database.exec(CREATE);
    }
    database.exec(`pragma user_version = ${SCHEMA_VERSION}; commit;`);
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

const CREATE_RECORDS = `
  -- What was appended, oldest first. Records stay for a while after every consumer has committed them.
  create table records (
    log_offset integer primary key autoincrement,
    appended_at integer not null,
    tick_count integer not null,
    batch text not null,
    -- CRC-32 of the text; null in records of versions that kept none.
    crc integer
  ) strict;
  create index records_appended on records (appended_at);

  -- How far each consumer is: everything up to this record is done.
  create table cursors (
    consumer text primary key,
    log_offset integer not null
  ) strict;`;

const CREATE = `
  ${CREATE_RECORDS}

  create table alerts (
    id text primary key,
    observed_at integer not null,
    delivered integer not null default 0,
    alert text not null
  ) strict;
  create index alerts_newest on alerts (observed_at, id);

  -- Records that can never be used, kept for a person to look at.
  create table dead_letters (
    log_offset integer primary key,
    dead_at integer not null,
    error text not null,
    batch text not null
  ) strict;

  -- Alerts that cannot be read, kept for a person to look at.
  create table dead_alerts (
    id text primary key,
    dead_at integer not null,
    error text not null,
    alert text not null
  ) strict;

  -- One row. Open means that what was appended last may be in the write-ahead log alone.
  create table journal_state (
    id integer primary key,
    is_open integer not null
  ) strict;`;

/**
 * Version 1 kept tasks, each marked when it was in PostgreSQL. They become records in the same order, and the cursor of
 * `store` stands before the first that is not marked: one behind it may be written again, which changes nothing.
 */
const TAKE_OVER_VERSION_1 = `
  ${CREATE_RECORDS}
  insert into records (log_offset, appended_at, tick_count, batch, crc)
    select seq, accepted_at, tick_count, fetch, crc from tasks order by seq;
  -- Offsets go on where the numbers of the tasks ended, also when no task is left.
  delete from sqlite_sequence where name = 'records';
  insert into sqlite_sequence (name, seq) select 'records', seq from sqlite_sequence where name = 'tasks';
  insert into cursors (consumer, log_offset)
    select 'store', coalesce(
      (select min(seq) - 1 from tasks where done = 0),
      (select seq from sqlite_sequence where name = 'records'),
      0);
  drop table tasks;
  alter table alerts rename column told to delivered;
  alter table dead_letters rename column seq to log_offset;
  alter table dead_letters rename column fetch to batch;`;

/** What the last programs of version 1 added to it; an older one may have written the file. */
function completeVersion1(database: DatabaseSync): void {
  const columns = database.prepare("select name from pragma_table_info('tasks')").all();
  if (!columns.some(({ name }) => name === 'crc')) {
    database.exec('alter table tasks add column crc integer');
  }
  database.exec(`
    create table if not exists dead_alerts (
      id text primary key,
      dead_at integer not null,
      error text not null,
      alert text not null
    ) strict;
    create table if not exists journal_state (
      id integer primary key,
      is_open integer not null
    ) strict;`);
}

/** What is wrong with the file itself, or null when the error is of another kind. */
function damage(error: unknown): string | null {
  if (error instanceof DamagedLogFile) return error.message;
  if (error instanceof Error && 'errcode' in error) {
    // The low byte is the kind; the others refine it.
    const kind = Number(error.errcode) & 0xff;
    if (kind === SQLITE_CORRUPT || kind === SQLITE_NOTADB) return error.message;
  }
  return null;
}

function moveAside(path: string, keptAs: string): void {
  // With its write-ahead log: left here, that would be replayed into the new file.
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(path + suffix, keptAs + suffix);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** Why a journal cannot be used, in a sentence that says what to do. */
export function cannotOpen(path: string, error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  return new Error(
    `The journal ${path} cannot be opened: ${why}. Check that the data folder is writable, the disk is not full, ` +
      'and no other program uses it.',
    { cause: error },
  );
}
