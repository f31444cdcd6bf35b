import type { ClientBase, Pool, PoolClient } from 'pg';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { isConnectionLoss, isEndedConnection } from './connection-error.ts';

/**
 * Runs work in a transaction. When the work fails, the transaction is rolled back and its error is thrown.
 *
 * @param begin the statements that start it, sent as one query; they must not change the database
 */
export type Transact = <T>(begin: string, work: (client: PoolClient) => Promise<T>) => Promise<T>;

/**
 * Runs transactions on connections of a pool.
 *
 * A connection that was idle may have been closed by the server (`idle_session_timeout`) or the network, and only the
 * first statement notices. Nothing was done by then, so another connection is used. Only a new connection shows
 * whether the server is unavailable.
 *
 * @param signal aborts waiting for the server and closes the connection, which also ends its work
 */
export function createTransact(pool: Pool, signal: AbortSignal): Transact {
  const usedBefore = new WeakSet<PoolClient>();

  const beginOn = async (begin: string): Promise<PoolClient> => {
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
    const client = await beginOn(begin);
    try {
      const result = await unlessAborted(
        signal,
        commitOrRollBack(client, () => work(client)),
      );
      client.release();
      return result;
    } catch (error) {
      // Discard a connection whose transaction could not be rolled back: it has ended or is about to, which its next
      // user, or the pool, would mistake for the loss of the server.
      const isOpen = client.getTransactionStatus() !== 'I';
      client.release(isOpen || isConnectionLoss(error) || signal.aborted);
      throw error;
    }
  };
}

async function commitOrRollBack<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // Keep the first error, which has the cause. Without a connection there is nothing to roll back.
    if (!isConnectionLoss(error)) await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
