import type { ColumnBuffer } from '../parquet/column-buffer.ts';
import type { ParquetColumn, ParquetRow, ParquetSchema, ParquetValue } from '../parquet/parquet-schema.ts';
import type { ParquetFileWriter } from '../parquet/parquet-writer.ts';

const SIGNATURE_BYTES = 11;
const HEADER_BYTES = SIGNATURE_BYTES + 8;
const END = -1;
const NULL = -1;

const POSTGRES_EPOCH_MS = 946_684_800_000;
const TWO_TO_32 = 4_294_967_296;

type ReadField = (bytes: Buffer, at: number, length: number) => ParquetValue;

/**
 * The rows of a `copy … to stdout with (format binary)` whose columns have the types of the schema, as many at a time as have
 * arrived. Source: PostgreSQL documentation, "COPY", Binary Format.
 */
export async function* readBinaryCopy<S extends ParquetSchema>(
  chunks: AsyncIterable<Buffer>,
  schema: S,
): AsyncGenerator<readonly ParquetRow<S>[]> {
  const readers = schema.map((column) => ({ name: column.name, read: readerOf(column) }));
  for await (const { bytes, from, to } of wholeRows(chunks)) {
    const rows: ParquetRow<S>[] = [];
    for (let at = from; at < to; ) {
      const row: Record<string, ParquetValue> = {};
      at += 2;
      for (const { name, read } of readers) {
        const length = bytes.readInt32BE(at);
        at += 4;
        row[name] = length === NULL ? null : read(bytes, at, length);
        if (length > 0) at += length;
      }
      rows.push(row as ParquetRow<S>);
    }
    yield rows;
  }
}

/**
 * Adds the same rows to a Parquet file: from their bytes to its columns, without an object for each row. Yields whenever the file
 * may have written.
 */
export async function* addBinaryCopy<S extends ParquetSchema>(
  file: ParquetFileWriter<S>,
  schema: S,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<void> {
  const fields = schema.map((column, index) => ({
    read: readerOf(column),
    buffer: file.columns[index] as ColumnBuffer,
  }));
  for await (const { bytes, from, to } of wholeRows(chunks)) {
    for (let at = from; at < to; ) {
      at += 2;
      for (const { read, buffer } of fields) {
        const length = bytes.readInt32BE(at);
        at += 4;
        buffer.push(length === NULL ? null : read(bytes, at, length));
        if (length > 0) at += length;
      }
      const writing = file.endRow();
      if (writing === null) continue;
      await writing;
      yield;
    }
  }
}

/** Bytes whose rows from one place to before another are complete. */
type WholeRows = { readonly bytes: Buffer; readonly from: number; readonly to: number };

async function* wholeRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<WholeRows> {
  let bytes: Buffer = Buffer.alloc(0);
  let isBegun = false;
  for await (const chunk of chunks) {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    if (!isBegun && bytes.length < HEADER_BYTES) continue;
    const from = isBegun ? 0 : HEADER_BYTES;
    isBegun = true;
    let to = from;
    for (let end = endOfRow(bytes, from); end !== null; end = endOfRow(bytes, end)) to = end;
    if (to > from) yield { bytes, from, to };
    bytes = bytes.subarray(to);
  }
}

/** Where the row that begins here ends; null when it has not arrived, or there are no more. */
function endOfRow(bytes: Buffer, start: number): number | null {
  if (start + 2 > bytes.length) return null;
  const count = bytes.readInt16BE(start);
  if (count === END) return null;
  let at = start + 2;
  for (let field = 0; field < count; field += 1) {
    if (at + 4 > bytes.length) return null;
    const length = bytes.readInt32BE(at);
    at += 4 + Math.max(0, length);
  }
  return at <= bytes.length ? at : null;
}

function readerOf({ type }: ParquetColumn): ReadField {
  switch (type) {
    case 'timestamp':
      // Below 2 ** 53 microseconds until the year 2285.
      return (bytes, at) =>
        (bytes.readInt32BE(at) * TWO_TO_32 + bytes.readUInt32BE(at + 4)) / 1_000 + POSTGRES_EPOCH_MS;
    case 'double':
      return (bytes, at) => bytes.readDoubleBE(at);
    case 'integer':
      return (bytes, at) => bytes.readInt32BE(at);
    case 'text':
      return textReader();
  }
}

/** Most rows have the text of the one before, which is compared sooner than it is decoded. */
function textReader(): ReadField {
  let [last, text] = [Buffer.alloc(0), ''];
  return (bytes, at, length) => {
    let same = 0;
    while (same < length && same < last.length && bytes[at + same] === last[same]) same += 1;
    if (same === length && same === last.length) return text;
    last = Buffer.from(bytes.subarray(at, at + length));
    text = last.toString('utf8');
    return text;
  };
}
