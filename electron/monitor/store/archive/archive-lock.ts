import type { ClientBase, PoolClient } from 'pg';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { isMissingRight } from '../connection/missing-rights.ts';

/** Arbitrary numbers that no other program is likely to use for a lock on the same database. */
const ARCHIVING_LOCK_KEY = 7_206_341_123;
const LOCATIONS_LOCK_KEY = 7_206_341_124;

/** Runs work in a transaction. */
export type RunInTransaction = <T>(
  work: (client: PoolClient) => Promise<T>,
  statementTimeoutMs?: number,
) => Promise<T>;

/** Removes the idle timeout from a transaction that waits for an archive, which may be slow. */
export async function waitLong(client: ClientBase): Promise<void> {
  await client.query(`select set_config('idle_in_transaction_session_timeout', '0', true)`);
}

/**
 * Runs work, which may take long, while no other program holds the lock of this key on the database.
 *
 * @throws MessageError with `other` when another program holds it, with `copying` while tables of an earlier version are being
 * copied
 */
export async function withWorkLock<T>(
  run: RunInTransaction,
  { key, other, copying }: { readonly key: number; readonly other: Message; readonly copying: Message },
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return run(async (client) => {
    await waitLong(client);
    const { rows } = await client.query<{ locked: boolean; copying: boolean }>(
      `select
         pg_try_advisory_xact_lock($1) as locked,
         to_regclass('ticks_to_move') is not null as copying`,
      [key],
    );
    if (rows[0]?.locked !== true) throw new MessageError(other);
    if (rows[0].copying) throw new MessageError(copying);
    return work(client);
  }, 0);
}

/**
 * Runs work while no other program archives this database, or restores or deletes archived months.
 *
 * @throws MessageError when another program does, or while tables of an earlier version are being copied
 */
export async function withArchiveLock<T>(run: RunInTransaction, work: () => Promise<T>): Promise<T> {
  const lock = {
    key: ARCHIVING_LOCK_KEY,
    other: message('archive.other-program'),
    copying: message('archive.copying'),
  };
  return withWorkLock(run, lock, work);
}

/**
 * The same for work on archived months, which only the owner of the tables may do.
 *
 * @throws MessageError as `withArchiveLock`, and when the user lacks a privilege
 */
export async function withArchiveAsOwner<T>(run: RunInTransaction, work: () => Promise<T>): Promise<T> {
  try {
    return await withArchiveLock(run, work);
  } catch (error) {
    if (!isMissingRight(error)) throw error;
    throw new MessageError(message('archive.not-owner', { said: error.message }), { cause: error });
  }
}

/** Takes a shared lock: until the transaction ends, no month moves between the database and the archive. */
export async function lockLocations(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock_shared($1)', [LOCATIONS_LOCK_KEY]);
}

/**
 * Takes the exclusive lock that is required to move a month. Returns false while another transaction holds the lock, shared or
 * not.
 */
export async function tryLockLocationsForMove(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [
    LOCATIONS_LOCK_KEY,
  ]);
  return rows[0]?.locked === true;
}
