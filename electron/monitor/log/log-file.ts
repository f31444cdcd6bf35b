import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Message, message, verbatim } from '../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../shared/messages/message-error.ts';
import { migrateLogFile, NewerLogFile } from './log-schema.ts';
import {
  checkWal,
  closeCleanly,
  markOpened,
  openWriteAheadLog,
  renameWal,
  type WriteAheadLog,
} from './write-ahead-log.ts';

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** A damaged log file that was renamed, and why. */
export type RenamedFile = { readonly renamedTo: string; readonly reason: Message };

/** The write-ahead log is missing or damaged, so the last appends before a crash are lost. A damaged one was renamed. */
export type LostWal = { readonly renamedTo: string | null };

export type OpenedLogFile = {
  readonly database: DatabaseSync;
  readonly wal: WriteAheadLog;
  /** Null unless a damaged file was found and renamed. */
  readonly renamedFile: RenamedFile | null;
  /** Null unless the file is intact and its write-ahead log is not. */
  readonly lostWal: LostWal | null;
  close(): void;
};

/**
 * Opens or creates the log file, `journal.sqlite`. A commit is in the write-ahead log when it returns, where a kill leaves it, and on
 * disk, with all earlier ones, after `wal.sync()`. Only one process can open it: a second program on the same data folder gets
 * `database is locked`. A damaged file is renamed to `….bad-<time>` and a new one created, so that the program can continue.
 *
 * @param now milliseconds since the epoch, for the name of a damaged file
 */
export function openLogFile(path: string, now: number): OpenedLogFile {
  mkdirSync(dirname(path), { recursive: true });
  const suffix = `.bad-${new Date(now).toISOString().replaceAll(':', '-')}`;
  const open = (renamedFile: RenamedFile | null): OpenedLogFile => {
    const wal = checkWal(path);
    const renamedWal = wal === 'damaged' ? `${path}-wal${suffix}` : null;
    if (renamedWal !== null) renameWal(path, renamedWal);
    const database = openChecked(path);
    const wasKilled = markOpened(database);
    const isLost = renamedWal !== null || (wasKilled && wal === 'none');
    const opened = orClosed(database, () => openWriteAheadLog(path, database));
    return {
      database,
      wal: opened,
      renamedFile,
      lostWal: isLost ? { renamedTo: renamedWal } : null,
      close() {
        opened.close();
        closeCleanly(database);
      },
    };
  };

  const startNewFile = (reason: Message): OpenedLogFile => {
    const renamedTo = path + suffix;
    renameWithWal(path, renamedTo);
    return open({ renamedTo, reason });
  };

  const reason = emptyReason(path);
  if (reason !== null) return startNewFile(reason);
  try {
    return open(null);
  } catch (error) {
    const reason = damageOf(error);
    if (reason === null) throw cannotOpen(path, error);
    return startNewFile(reason);
  }
}

/**
 * Why an existing log file is empty, or null when it is not. SQLite would treat an empty file as a new database and
 * delete the write-ahead log that belonged to the old one.
 */
function emptyReason(path: string): Message | null {
  const size = sizeOf(path);
  if (size === 0) return message('journal.empty');
  return size === null && (sizeOf(`${path}-wal`) ?? 0) > 0 ? message('journal.gone') : null;
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

/** SQLite's integrity check found damage. */
class DamagedLogFile extends Error {}

function openChecked(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  return orClosed(database, () => {
    // Exclusive: only one program may use the log, and SQLite needs no shared-memory file.
    database.exec(`
      pragma locking_mode = exclusive;
      pragma auto_vacuum = incremental;
      pragma journal_mode = wal;
      pragma synchronous = normal;
      pragma journal_size_limit = 16777216;`);
    const check = database.prepare('pragma quick_check(1)').get();
    if (check?.quick_check !== 'ok') throw new DamagedLogFile(String(check?.quick_check));
    migrateLogFile(database);
    return database;
  });
}

function orClosed<T>(database: DatabaseSync, open: () => T): T {
  try {
    return open();
  } catch (error) {
    database.close();
    throw error;
  }
}

/** How the file is damaged, or null when the error is of another kind. */
function damageOf(error: unknown): Message | null {
  if (error instanceof DamagedLogFile) return verbatim(error.message);
  if (error instanceof Error && 'errcode' in error) {
    // The low byte is the primary error code.
    const kind = Number(error.errcode) & 0xff;
    if (kind === SQLITE_CORRUPT || kind === SQLITE_NOTADB) return verbatim(error.message);
  }
  return null;
}

function renameWithWal(path: string, renamedTo: string): void {
  // The write-ahead log too: otherwise it would be replayed into the new file.
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(path + suffix, renamedTo + suffix);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** The error for a log file that cannot be opened, with what to do about it. */
export function cannotOpen(path: string, cause: unknown): MessageError {
  const content =
    cause instanceof NewerLogFile
      ? message('journal.newer-version', { path, version: cause.version, known: cause.known })
      : message('journal.not-opened', { path, reason: messageOf(cause) });
  return new MessageError(content, { cause });
}
