import type { ClientBase } from 'pg';

/** Runs work in a transaction that `begin` begins. When the work fails, nothing of it stays; its error is thrown. */
export async function inTransaction<T>(
  client: ClientBase,
  begin: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    await client.query(begin);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // When the connection is gone, so is the transaction; the first error is the one that tells why.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
