import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** https://www.sqlite.org/fileformat.html#the_write_ahead_log */
const WAL_HEADER_BYTES = 32;
const WAL_MAGIC = [0x377f0682, 0x377f0683];
const FRAME_HEADER_BYTES = 24;
const PAGE_SIZE_AT = 8;
/** The salts change whenever SQLite restarts the log: a frame with other salts is left over from before. */
const SALTS = { at: 16, end: 24 };
const FRAME_SALTS = { at: 8, end: 16 };

/** The number of pages at which they are moved into the main file: SQLite's own default. */
const PAGES_PER_CHECKPOINT = 1_000;
/** The same during a burst, because PostgreSQL waits for its ticks. */
const PAGES_IN_A_BURST = 2 * PAGES_PER_CHECKPOINT;
/** A checkpoint takes two more syncs. An alert does not wait for one, unless there was none for this long. */
const PAGES_BEFORE_AN_ALERT_WAITS = 4 * PAGES_PER_CHECKPOINT;
/** The room that is kept for coming commits, in pages: more than most of them need. */
const PAGES_AHEAD = 64;
const PAGES_PER_EXTENSION = 128;

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
    // A full disk. Without the mark, the loss of the write-ahead log would go unnoticed; appends are not affected.
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

/** The write-ahead log of an open log file. */
export type WriteAheadLog = {
  /** Syncs what was committed until now to disk. */
  sync(): void;
  /**
   * Prepares for the next commits, so that they need not wait for more than their own sync: moves the pages of a full log into the main
   * file, and extends a short one. During a burst, the log may become longer. Never throws.
   */
  makeRoom(during: 'burst' | 'calm'): void;
  /** Moves all pages into the main file, and syncs it. */
  checkpoint(): void;
  /** Does nothing the second time. */
  close(): void;
};

/**
 * Opens the write-ahead log beside SQLite. SQLite syncs a commit with fsync(2), which also writes the time of the change, through the
 * journal of the file system. For pages that replace earlier ones fdatasync(2) writes only the pages, in less than half of the time.
 *
 * @param database an open log file, whose commits SQLite does not sync itself (synchronous=normal)
 */
export function openWriteAheadLog(path: string, database: DatabaseSync): WriteAheadLog {
  const file = openSync(`${path}-wal`, 'r+');
  let isClosed = false;
  const header = Buffer.alloc(WAL_HEADER_BYTES);
  const frame = Buffer.alloc(FRAME_HEADER_BYTES);
  database.exec(`pragma wal_autocheckpoint = ${PAGES_BEFORE_AN_ALERT_WAITS}`);

  const readHeader = (): { readonly frameBytes: number } | null => {
    if (readSync(file, header, 0, WAL_HEADER_BYTES, 0) < WAL_HEADER_BYTES) return null;
    return { frameBytes: FRAME_HEADER_BYTES + header.readUInt32BE(PAGE_SIZE_AT) };
  };
  /** Whether the log, as it is now, has this many pages. Call `readHeader` before. */
  const hasPages = (count: number, frameBytes: number): boolean => {
    const position = WAL_HEADER_BYTES + (count - 1) * frameBytes;
    if (readSync(file, frame, 0, FRAME_HEADER_BYTES, position) < FRAME_HEADER_BYTES) return false;
    return header.compare(frame, FRAME_SALTS.at, FRAME_SALTS.end, SALTS.at, SALTS.end) === 0;
  };

  /** How many pages the file has room for, at least. */
  let room = 0;
  const isShort = (frameBytes: number): boolean =>
    room <= PAGES_AHEAD || hasPages(room - PAGES_AHEAD, frameBytes);
  const extend = (frameBytes: number): void => {
    if (!isShort(frameBytes)) return;
    // Only now: after stat(2), Linux records the time of the next change exactly, and its sync takes a quarter longer.
    const { size } = fstatSync(file);
    room = Math.floor((size - WAL_HEADER_BYTES) / frameBytes);
    if (!isShort(frameBytes)) return;
    // Harmless: SQLite reads a log up to the first frame without its salts.
    const zeros = Buffer.alloc(PAGES_PER_EXTENSION * frameBytes);
    writeSync(file, zeros, 0, zeros.length, size);
    room += PAGES_PER_EXTENSION;
  };

  return {
    sync: () => fdatasyncSync(file),
    makeRoom(during) {
      if (isClosed) return;
      try {
        const found = readHeader();
        if (found === null) return;
        const most = during === 'burst' ? PAGES_IN_A_BURST : PAGES_PER_CHECKPOINT;
        if (hasPages(most, found.frameBytes)) {
          database.exec('pragma wal_checkpoint(passive)');
          // The first commit after a checkpoint restarts the log, with one more sync: let it be this one, which changes nothing,
          // rather than that of an alert.
          database.exec('pragma application_id = 0');
        } else extend(found.frameBytes);
      } catch {
        // Usually a full disk. SQLite extends the log with each commit, as far as there is room.
      }
    },
    checkpoint: () => database.exec('pragma wal_checkpoint(full)'),
    close() {
      if (isClosed) return; // its number may be that of another file by now
      isClosed = true;
      closeSync(file);
    },
  };
}
