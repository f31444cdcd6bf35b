import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BinaryFormat } from '../binary/binary-format.ts';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');

/** Begins the input of a binary COPY. Rows follow, each preceded by the number of its fields, and then `endCopy`. */
export function beginCopy(format: BinaryFormat): void {
  format.raw(SIGNATURE);
  format.int32(0); // flags
  format.int32(0); // no header extension
}

export function endCopy(format: BinaryFormat): void {
  format.int16(-1);
}

/** Runs a COPY; rejects with the server's error, after which the connection can be used again. */
export function copyRows(client: PoolClient, statement: string, encoded: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(statement));
    stream.once('finish', resolve);
    stream.on('error', (error: Error) => {
      // The server may refuse a row while later ones are still being sent. pg-copy-streams then drops its
      // connection, and would throw in the socket's 'drain' event if it continued writing.
      stream.destroy();
      reject(error);
    });
    stream.end(encoded);
  });
}
