import type { PoolClient, Submittable } from 'pg';
import type { RunInDatabase } from '../work/with-provider.ts';
import { createCopyOutQuery } from './copy-out-query.ts';

/** An export may take as long as its reader does, unlike queries that the program waits for. */
const TIMEOUT_MS = 86_400_000;

/**
 * The output of a `copy … to stdout`, read at the pace of the consumer. When it is not read to its end, the query is cancelled,
 * so that the connection can be used again. A chunk is valid until the next one is requested.
 */
export async function* copyOut(
  run: RunInDatabase,
  client: PoolClient,
  statement: string,
): AsyncGenerator<Buffer> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const query = createCopyOutQuery(statement, TIMEOUT_MS);
  client.query(query as unknown as Submittable);
  try {
    // Not `yield*`: it would pass what a reader throws in to the query, as if the server had failed.
    for await (const chunk of query.chunks()) yield chunk;
  } finally {
    if (!query.isOver()) await run((other) => other.query('select pg_cancel_backend($1)', [rows[0]?.pid]));
    await query.finish();
    query.callback();
  }
}
