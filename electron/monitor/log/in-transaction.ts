import type { DatabaseSync } from 'node:sqlite';

/** Does all of the work or, when it throws, nothing of it. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('begin immediate');
  try {
    work();
    database.exec('commit');
  } catch (error) {
    // SQLite has rolled back by itself after some errors (a full disk); then there is nothing to roll back.
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}
