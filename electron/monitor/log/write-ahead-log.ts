import { closeSync, openSync, readSync, renameSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** https://www.sqlite.org/fileformat.html#the_write_ahead_log */
const WAL_HEADER_BYTES = 32;
const WAL_MAGIC = [0x377f0682, 0x377f0683];

/** What is beside the journal before SQLite opens it. */
export type FoundLog = 'none' | 'usable' | 'damaged';

/** Looks at the write-ahead log's header; SQLite ignores one that is damaged, and begins a new log in its place. */
export function findLog(path: string): FoundLog {
  let file: number;
  try {
    file = openSync(`${path}-wal`, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
  try {
    const header = Buffer.alloc(WAL_HEADER_BYTES);
    if (readSync(file, header) < WAL_HEADER_BYTES) return 'none';
    return WAL_MAGIC.includes(header.readUInt32BE(0)) ? 'usable' : 'damaged';
  } finally {
    closeSync(file);
  }
}

/** Moves a damaged log out of the way of the new one. */
export function keepLog(path: string, keptAs: string): void {
  renameSync(`${path}-wal`, keptAs);
}

/**
 * Notes in the file itself that the journal is open, and returns whether it was so before: then the program was killed,
 * and what it accepted last is in the log alone, which only an orderly end removes.
 */
export function markOpen(database: DatabaseSync): boolean {
  const wasOpen = database.prepare('select is_open from journal_state').get()?.is_open === 1;
  if (wasOpen) return true;
  try {
    database.exec('insert or replace into journal_state (id, is_open) values (1, 1)');
    // Into the file, where the note outlives the log.
    database.exec('pragma wal_checkpoint(full)');
  } catch {
    // A full disk. Without the note, the loss of the log would not be seen; what is accepted is as safe as ever.
  }
  return false;
}

/** Closes the journal in an orderly way. */
export function closeMarked(database: DatabaseSync): void {
  try {
    database.exec('insert or replace into journal_state (id, is_open) values (1, 0)');
  } catch {
    // A full disk: closing would remove the log, and the next start would take it for lost. It stays, as after a crash.
    return;
  }
  database.close();
}
