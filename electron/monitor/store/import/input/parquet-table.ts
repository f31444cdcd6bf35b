import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../../../shared/messages/message-error.ts';
import { openFileSource } from '../../parquet/byte-source.ts';
import { openParquet } from '../../parquet/parquet-reader.ts';
import type { ParquetSchema } from '../../parquet/parquet-schema.ts';
import type { Cell, Row, Table } from './row.ts';

/** The number of rows that are passed on at a time. The whole row group, which may have a hundred thousand, is in memory. */
const ROWS_AT_A_TIME = 4_096;

/** Reads a Parquet file, one row group at a time. */
export async function parquetTable(path: string, closing: (() => Promise<void>)[]): Promise<Table> {
  const source = await openFileSource(path);
  closing.push(() => source.close());
  const file = await readable(openParquet(source));
  const names = file.columns;
  // Only the names matter when rows are read.
  const schema: ParquetSchema = names.map((name) => ({ name, type: 'double' }));
  const groups = file.rows(schema);
  const toCells = (row: Readonly<Record<string, unknown>>): Cell[] => names.map((name) => row[name] as Cell);
  const group = await readable(groups.next());
  const ahead = group.done ? [] : (group.value as readonly Readonly<Record<string, unknown>>[]);
  return {
    format: 'parquet',
    names,
    first: ahead[0] === undefined ? null : toCells(ahead[0]),
    rows: (async function* () {
      let line = 0;
      for (let rows = ahead; ; ) {
        for (let from = 0; from < rows.length; from += ROWS_AT_A_TIME)
          yield rows
            .slice(from, from + ROWS_AT_A_TIME)
            .map((row): Row => ({ line: ++line, cells: toCells(row) }));
        const next = await readable(groups.next());
        if (next.done) return;
        rows = next.value as typeof ahead;
      }
    })(),
  };
}

/** Copies a stream to a temporary file, because Parquet is read from its end. */
export async function keptInFile(
  chunks: AsyncIterable<Uint8Array>,
  closing: (() => Promise<void>)[],
): Promise<string> {
  const path = join(tmpdir(), `crypto-price-monitor-import-${randomUUID()}.parquet`);
  closing.push(() => rm(path, { force: true }));
  await pipeline(Readable.from(chunks, { objectMode: false }), createWriteStream(path, { mode: 0o600 }));
  return path;
}

async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new MessageError(message('import.damaged', { format: 'parquet', reason: messageOf(error) }), {
      cause: error,
    });
  }
}
