import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { closeMarked, findLog, keepLog, markOpen } from './log-loss.ts';

const SCHEMA_VERSION = 1;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Why a journal was set aside, for the user. */
export type SetAside = { readonly keptAs: string; readonly reason: string };

/** What was accepted last before a crash is lost. A log that was there and could not be read is kept. */
export type LostLog = { readonly keptAs: string | null };

export type OpenedJournal = {
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
export function openJournal(path: string, now: number): OpenedJournal {
  mkdirSync(dirname(path), { recursive: true });
  const suffix = `.bad-${new Date(now).toISOString().replaceAll(':', '-')}`;
  const open = (setAside: SetAside | null): OpenedJournal => {
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

  const openAnew = (reason: string): OpenedJournal => {
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
class DamagedJournal extends Error {}

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
    if (check?.quick_check !== 'ok') throw new DamagedJournal(String(check?.quick_check));
    migrate(database);
    extend(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('pragma user_version').get()?.user_version);
  if (version > SCHEMA_VERSION) {
    throw new Error(`it was written by a newer version of the program (${version} > ${SCHEMA_VERSION})`);
  }
  if (version === SCHEMA_VERSION) return;
  database.exec(`
    begin;
    -- Accepted fetches. They stay for a while after they were written to PostgreSQL (done = 1).
    -- done comes first so that marking a row does not move its long text.
    create table tasks (
      seq integer primary key autoincrement,
      done integer not null default 0,
      accepted_at integer not null,
      tick_count integer not null,
      fetch text not null
    ) strict;
    create index tasks_waiting on tasks (seq) where done = 0;
    create index tasks_accepted on tasks (accepted_at);

    create table alerts (
      id text primary key,
      observed_at integer not null,
      told integer not null default 0,
      alert text not null
    ) strict;
    create index alerts_newest on alerts (observed_at, id);

    -- Tasks that PostgreSQL can never take, kept for a person to look at.
    create table dead_letters (
      seq integer primary key,
      dead_at integer not null,
      error text not null,
      fetch text not null
    ) strict;

    pragma user_version = ${SCHEMA_VERSION};
    commit;`);
}

/** What earlier versions of the program do not need and pass over: it is no reason for them to refuse the file. */
function extend(database: DatabaseSync): void {
  const columns = database.prepare("select name from pragma_table_info('tasks')").all();
  if (!columns.some(({ name }) => name === 'crc')) {
    // CRC-32 of the text; null in rows that were written before.
    database.exec('alter table tasks add column crc integer');
  }
  database.exec(`
    -- Alerts that cannot be read, kept for a person to look at.
    create table if not exists dead_alerts (
      id text primary key,
      dead_at integer not null,
      error text not null,
      alert text not null
    ) strict;

    -- One row. Open means that what was accepted last may be in the write-ahead log alone.
    create table if not exists journal_state (
      id integer primary key,
      is_open integer not null
    ) strict;`);
}

/** What is wrong with the file itself, or null when the error is of another kind. */
function damage(error: unknown): string | null {
  if (error instanceof DamagedJournal) return error.message;
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
