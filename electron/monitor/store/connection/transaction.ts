import type { ClientBase, Pool, PoolClient } from 'pg';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { isConnectionLoss, isEndedConnection } from './connection-error.ts';

/**
 * Runs work in a transaction that `begin` begins. When the work fails, nothing of it stays; its error is thrown.
 *
 * @param begin the statements that begin it, sent as one query; they change nothing in the database
 */
export type Transact = <T>(begin: string, work: (client: PoolClient) => Promise<T>) => Promise<T>;

/**
 * Transactions on connections of a pool.
 *
 * A connection that was idle may have been ended meanwhile, by the server (`idle_session_timeout`) or by anything on the
 * way to it, and only the first statement finds that out. Since nothing was done by then, another connection is taken.
 * Only a connection that was made for this work tells whether the server is away.
 *
 * @param signal ends waiting for the server; the connection is closed then, which also ends what it was doing
 */
export function createTransact(pool: Pool, signal: AbortSignal): Transact {
  const usedBefore = new WeakSet<PoolClient>();

  const begun = async (begin: string): Promise<PoolClient> => {
    for (;;) {
      const client = await pool.connect();
      const wasIdle = usedBefore.has(client);
      usedBefore.add(client);
      try {
        await unlessAborted(signal, client.query(begin));
        return client;
      } catch (error) {
        client.release(true);
        if (signal.aborted || !wasIdle || !isEndedConnection(error)) throw error;
      }
    }
  };

  return async (begin, work) => {
    const client = await begun(begin);
    try {
      const result = await unlessAborted(
        signal,
        orRolledBack(client, () => work(client)),
      );
      client.release();
      return result;
    } catch (error) {
      // One that could not be rolled back has ended, or is about to: to the next who borrows it, or to the pool that
      // holds it, its end would look like that of the server.
      const isOpen = client.getTransactionStatus() !== 'I';
      client.release(isOpen || isConnectionLoss(error) || signal.aborted);
      throw error;
    }
  };
}

async function orRolledBack<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // The first error is the one that tells why. Without a connection there is no transaction to roll back.
    if (!isConnectionLoss(error)) await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
