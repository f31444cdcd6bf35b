import type { ColumnBuffer } from '../parquet/column-buffer.ts';
import type { ParquetColumn, ParquetRow, ParquetSchema, ParquetValue } from '../parquet/parquet-schema.ts';
import type { ParquetFileWriter } from '../parquet/parquet-writer.ts';

const SIGNATURE_BYTES = 11;
const HEADER_BYTES = SIGNATURE_BYTES + 8;
const END = -1;
const NULL = -1;

const POSTGRES_EPOCH_MS = 946_684_800_000;
const TWO_TO_32 = 4_294_967_296;

type ReadField = (bytes: DataView, at: number, length: number) => ParquetValue;

/**
 * The rows of a `copy … to stdout with (format binary)` whose columns have the types of the schema, in batches as they arrive.
 * Source: PostgreSQL documentation, "COPY", Binary Format.
 */
export async function* readBinaryCopy<S extends ParquetSchema>(
  chunks: AsyncIterable<Buffer>,
  schema: S,
): AsyncGenerator<readonly ParquetRow<S>[]> {
  const readers = schema.map((column) => ({ name: column.name, read: readerOf(column) }));
  for await (const { view: bytes, from, to } of wholeRows(chunks)) {
    const rows: ParquetRow<S>[] = [];
    for (let at = from; at < to; ) {
      const row: Record<string, ParquetValue> = {};
      at += 2;
      for (const { name, read } of readers) {
        const length = bytes.getInt32(at);
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
 * Adds the same rows to a Parquet file, directly from their bytes to its columns, without an object per row. Yields whenever the
 * file may have written.
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
  for await (const { view: bytes, from, to } of wholeRows(chunks)) {
    for (let at = from; at < to; ) {
      at += 2;
      for (const { read, buffer } of fields) {
        const length = bytes.getInt32(at);
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

/** Bytes whose rows between two offsets are complete. */
type WholeRows = { readonly view: DataView; readonly from: number; readonly to: number };

/** Most rows are shorter. */
const ROW_BYTES = 1_024;

async function* wholeRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<WholeRows> {
  let cut: Buffer = Buffer.alloc(0);
  let isBegun = false;
  for await (const chunk of chunks) {
    let bytes = chunk;
    if (cut.length > 0 && isBegun) {
      // Completes the row that began in the previous chunk without copying all that follows it.
      const joined = Buffer.concat([cut, chunk.subarray(0, ROW_BYTES)]);
      const view = viewOf(joined);
      const end = endOfRow(view, 0);
      if (end !== null && end >= cut.length) {
        yield { view, from: 0, to: end };
        bytes = chunk.subarray(end - cut.length);
        cut = Buffer.alloc(0);
      }
    }
    if (cut.length > 0) bytes = Buffer.concat([cut, chunk]);
    cut = bytes;
    if (!isBegun && bytes.length < HEADER_BYTES) continue;
    const view = viewOf(bytes);
    const from = isBegun ? 0 : HEADER_BYTES;
    isBegun = true;
    let to = from;
    for (let end = endOfRow(view, from); end !== null; end = endOfRow(view, end)) to = end;
    if (to > from) yield { view, from, to };
    cut = bytes.subarray(to);
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The end of the row that begins here; null when it has not arrived or there are no more rows. */
function endOfRow(bytes: DataView, start: number): number | null {
  if (start + 2 > bytes.byteLength) return null;
  const count = bytes.getInt16(start);
  if (count === END) return null;
  let at = start + 2;
  for (let field = 0; field < count; field += 1) {
    if (at + 4 > bytes.byteLength) return null;
    const length = bytes.getInt32(at);
    at += 4 + Math.max(0, length);
  }
  return at <= bytes.byteLength ? at : null;
}

function readerOf({ type }: ParquetColumn): ReadField {
  switch (type) {
    case 'timestamp':
      // Below 2 ** 53 microseconds until the year 2285.
      return (bytes, at) =>
        (bytes.getInt32(at) * TWO_TO_32 + bytes.getUint32(at + 4)) / 1_000 + POSTGRES_EPOCH_MS;
    case 'double':
      return (bytes, at) => bytes.getFloat64(at);
    case 'integer':
      return (bytes, at) => bytes.getInt32(at);
    case 'text':
      return textReader();
  }
}

/** Most rows have the same text as the previous one; comparing is faster than decoding. */
function textReader(): ReadField {
  let [last, text] = [Buffer.alloc(0), ''];
  return (bytes, at, length) => {
    let same = 0;
    while (same < length && same < last.length && bytes.getUint8(at + same) === last[same]) same += 1;
    if (same === length && same === last.length) return text;
    last = Buffer.from(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length));
    text = last.toString('utf8');
    return text;
  };
}
