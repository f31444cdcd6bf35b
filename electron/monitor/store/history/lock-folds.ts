import type { ClientBase } from 'pg';

/** That of the triggers of `history_candles` (sql/0012_history_folds.sql). */
const LOCK_KEY = 7_206_341_126;

/** Takes the lock for folding historical candles: no other program changes `history_folds` until the transaction ends. */
export async function lockFolds(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
}
