import type { ClientBase, PoolClient } from 'pg';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';

/** Any numbers will do that no other program takes for its own locks on the same database. */
const ARCHIVING_LOCK_KEY = 7_206_341_123;
const WHEREABOUTS_LOCK_KEY = 7_206_341_124;

/** Runs work in a transaction. */
export type RunInTransaction = <T>(
  work: (client: PoolClient) => Promise<T>,
  statementTimeoutMs?: number,
) => Promise<T>;

/** Lets a transaction wait for an archive, which may take as long as it likes. */
export async function waitLong(client: ClientBase): Promise<void> {
  await client.query(`select set_config('idle_in_transaction_session_timeout', '0', true)`);
}

/**
 * Runs work, which may take long, while no other program does work of the same key on this database.
 *
 * @throws MessageError with what is said when another one does, or the tables of an earlier version are still being copied
 */
export async function withWorkLock<T>(
  run: RunInTransaction,
  { key, other, copying }: { readonly key: number; readonly other: Message; readonly copying: Message },
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return run(async (client) => {
    await waitLong(client);
    const { rows } = await client.query<{ taken: boolean; copying: boolean }>(
      `select
         pg_try_advisory_xact_lock($1) as taken,
         to_regclass('ticks_to_move') is not null as copying`,
      [key],
    );
    if (rows[0]?.taken !== true) throw new MessageError(other);
    if (rows[0].copying) throw new MessageError(copying);
    return work(client);
  }, 0);
}

/**
 * Runs work while no other program archives this database, or restores or deletes what is archived.
 *
 * @throws MessageError when another one does, or the tables of an earlier version are still being copied
 */
export async function withArchiveLock<T>(run: RunInTransaction, work: () => Promise<T>): Promise<T> {
  const lock = {
    key: ARCHIVING_LOCK_KEY,
    other: message('archive.other-program'),
    copying: message('archive.copying'),
  };
  return withWorkLock(run, lock, work);
}

/** Until the transaction ends, no month goes from the database to the archive, or back. */
export async function keepWhereabouts(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock_shared($1)', [WHEREABOUTS_LOCK_KEY]);
}

/** For who changes where a month is. False while somebody reads, for whom it has to stay. */
export async function tryChangeWhereabouts(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_xact_lock($1) as taken', [
    WHEREABOUTS_LOCK_KEY,
  ]);
  return rows[0]?.taken === true;
}
