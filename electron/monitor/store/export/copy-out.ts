import { once } from 'node:events';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { RunInDatabase } from '../work/with-provider.ts';

/** As long as its reader takes, other than for queries whose answer the program waits for. */
const TIMEOUT_MS = 86_400_000;

/**
 * What a `copy … to stdout` gives, as fast as it is taken. When it is not taken to its end, the server is told to stop, so that the
 * connection can be used again.
 */
export async function* copyOut(
  run: RunInDatabase,
  client: PoolClient,
  statement: string,
): AsyncGenerator<Buffer> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  // `pg` ends the timeout of a query with its callback, which pg-copy-streams does not call.
  const timed = { query_timeout: TIMEOUT_MS, callback: (): void => undefined };
  const stream = client.query(Object.assign(copyTo(statement), timed));
  let isOver = false;
  const over = Promise.race([once(stream, 'end'), once(stream, 'error')]).finally(() => {
    isOver = true;
  });
  over.catch(() => undefined);
  try {
    // Not `yield*`: it would pass on the error of a target, with which the iterator destroys the stream all the same.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) yield chunk;
  } finally {
    if (!isOver) {
      await run((other) => other.query('select pg_cancel_backend($1)', [rows[0]?.pid]));
      stream.on('error', () => undefined).resume();
    }
    await over.catch(() => undefined);
    stream.callback();
  }
}
