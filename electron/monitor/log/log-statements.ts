import type { DatabaseSync } from 'node:sqlite';

/** Number of old records that are deleted at a time. */
export const RECORDS_PER_TRIM = 20;

const COLUMNS = 'log_offset, appended_at, tick_count, batch, crc, packed';

/** Prepares the statements of the log on an open log file. */
export function prepareLogStatements(database: DatabaseSync) {
  return {
    insert: database.prepare(
      'insert into records (log_offset, appended_at, tick_count, batch, crc, packed) values (?, ?, ?, ?, ?, ?)',
    ),
    selectAfter: database.prepare(`select ${COLUMNS} from records where log_offset > ? order by log_offset`),
    selectFirst: database.prepare('select min(log_offset) as log_offset from records where appended_at >= ?'),
    // The "+" keeps SQLite from using the index on times and sorting all remaining rows for each page.
    selectSince: database.prepare(
      `select ${COLUMNS} from records where log_offset > ? and +appended_at >= ? order by log_offset`,
    ),
    selectLag: database.prepare(
      'select count(*) as records, coalesce(sum(tick_count), 0) as ticks from records where log_offset > ?',
    ),
    selectCursor: database.prepare('select log_offset from cursors where consumer = ?'),
    saveCursor: database.prepare(
      `insert into cursors (consumer, log_offset) values (?, ?)
     on conflict (consumer) do update set log_offset = excluded.log_offset`,
    ),
    selectConsumers: database.prepare('select consumer from cursors order by consumer'),
    deleteCursor: database.prepare('delete from cursors where consumer = ?'),
    // Includes consumers that are not running now.
    selectSlowest: database.prepare('select min(log_offset) as log_offset from cursors'),
    // Also deletes records from the future, which remain after the clock was set back.
    deleteOld: database.prepare(
      `delete from records where log_offset in (
       select log_offset from records
       where log_offset <= ? and appended_at not between ? and ? limit ${RECORDS_PER_TRIM})
     returning log_offset`,
    ),
    selectFree: database.prepare('pragma freelist_count'),
    insertDead: database.prepare(
      'insert or replace into dead_letters (log_offset, dead_at, error, batch) values (?, ?, ?, ?)',
    ),
    // In SQL, so that it is copied byte for byte.
    copyToDead: database.prepare(
      `insert or replace into dead_letters (log_offset, dead_at, error, batch, packed)
     select log_offset, ?, ?, batch, packed from records where log_offset = ?`,
    ),
    deleteAfter: database.prepare('delete from records where log_offset > ?'),
    remove: database.prepare('delete from records where log_offset = ?'),
    selectDead: database.prepare('select count(*) as count from dead_letters'),
  };
}
