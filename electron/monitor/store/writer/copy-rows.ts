import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');

/** The beginning of the input of a binary COPY: the signature, no flags, no header extension. Rows follow, and then `COPY_END`. */
export const COPY_BEGIN: Buffer = Buffer.concat([SIGNATURE, Buffer.alloc(8)]);

/** The end marker, in place of the number of a row's fields. */
export const COPY_END: Buffer = Buffer.from([0xff, 0xff]);

/** A COPY whose input comes in pieces. */
type OpenCopy = {
  /** Sends bytes; resolves when the server has room for more. Rejects with the server's error, if there was one. */
  write(bytes: Buffer): Promise<void>;
  /** Ends the input; resolves when all rows are in the table, and rejects with the server's error. */
  end(): Promise<void>;
  /** Ends a COPY whose input cannot be completed, so that the transaction can be rolled back. Does nothing after a failure. */
  abort(): void;
};

/** Begins a COPY. After it has ended, failed or been aborted, the connection can be used again. */
function openCopy(client: PoolClient, statement: string): OpenCopy {
  const stream = client.query(copyFrom(statement));
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // also reported by `write` and `end`
  stream.on('error', (error: Error) => {
    // The server may refuse a row while later ones are still on their way. pg-copy-streams then forgets its connection, and would
    // throw in the socket's 'drain' event if it continued to write.
    stream.destroy();
    failure.reject(error);
  });
  const orFailure = (send: (done: (error?: Error | null) => void) => void): Promise<void> => {
    const sent = Promise.withResolvers<void>();
    send((error) => (error ? sent.reject(error) : sent.resolve()));
    return Promise.race([failure.promise, sent.promise]);
  };
  return {
    write: (bytes) => orFailure((done) => stream.write(bytes, done)),
    end: () =>
      orFailure((done) => {
        stream.once('finish', () => done());
        stream.end();
      }),
    abort: () => void stream.destroy(),
  };
}

/**
 * Runs a COPY of rows that come in pieces, unless there are none. Rejects with the server's error, or that of the pieces; the connection
 * can be used again.
 */
export async function copyRows(
  client: PoolClient,
  statement: string,
  pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  let copy: OpenCopy | null = null;
  try {
    for await (const piece of pieces) {
      if (copy === null) {
        copy = openCopy(client, statement);
        await copy.write(COPY_BEGIN);
      }
      await copy.write(piece);
    }
    if (copy === null) return;
    await copy.write(COPY_END);
    await copy.end();
  } catch (error) {
    copy?.abort();
    throw error;
  }
}
