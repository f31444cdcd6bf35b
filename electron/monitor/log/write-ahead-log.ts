import { closeSync, openSync, readSync, renameSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** https://www.sqlite.org/fileformat.html#the_write_ahead_log */
const WAL_HEADER_BYTES = 32;
const WAL_MAGIC = [0x377f0682, 0x377f0683];

/** The state of the write-ahead log before SQLite opens the file. */
export type WalState = 'none' | 'usable' | 'damaged';

/** Checks the header of the write-ahead log. SQLite ignores a damaged one and overwrites it. */
export function checkWal(path: string): WalState {
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

/** Renames a damaged write-ahead log so that SQLite does not overwrite it. */
export function renameWal(path: string, renamedTo: string): void {
  renameSync(`${path}-wal`, renamedTo);
}

/**
 * Marks the log file as open and returns whether it already was. If so, the program was killed, and its newest
 * appends are only in the write-ahead log, which a clean shutdown would have removed.
 */
export function markOpened(database: DatabaseSync): boolean {
  const wasOpen = database.prepare('select is_open from journal_state').get()?.is_open === 1;
  if (wasOpen) return true;
  try {
    database.exec('insert or replace into journal_state (id, is_open) values (1, 1)');
    // Moves the mark into the main file, where it survives the loss of the write-ahead log.
    database.exec('pragma wal_checkpoint(full)');
  } catch {
    // A full disk. Without the mark, the loss of the write-ahead log would go unnoticed; appends are as safe as ever.
  }
  return false;
}

/** Closes the log file and marks it as closed. */
export function closeCleanly(database: DatabaseSync): void {
  try {
    database.exec('insert or replace into journal_state (id, is_open) values (1, 0)');
  } catch {
    // A full disk: closing would remove the write-ahead log while the file is still marked as open, and the next
    // start would report a loss. Leave everything as after a crash.
    return;
  }
  database.close();
}
