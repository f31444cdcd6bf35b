import type { DatabaseSync } from 'node:sqlite';

/** Runs the work in a transaction and rolls back when it throws. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('begin immediate');
  try {
    work();
    database.exec('commit');
  } catch (error) {
    // After some errors, such as a full disk, SQLite has already rolled back by itself.
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}
