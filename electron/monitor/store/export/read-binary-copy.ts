import type { ParquetColumn, ParquetRow, ParquetSchema, ParquetValue } from '../parquet/parquet-schema.ts';

const SIGNATURE_BYTES = 11;
const HEADER_BYTES = SIGNATURE_BYTES + 8;
const END = -1;
const NULL = -1;

const POSTGRES_EPOCH_MS = 946_684_800_000;
const TWO_TO_32 = 4_294_967_296;

const readField: Readonly<
  Record<ParquetColumn['type'], (bytes: Buffer, at: number, length: number) => number | string>
> = {
  // Below 2 ** 53 microseconds until the year 2285.
  timestamp: (bytes, at) =>
    (bytes.readInt32BE(at) * TWO_TO_32 + bytes.readUInt32BE(at + 4)) / 1_000 + POSTGRES_EPOCH_MS,
  double: (bytes, at) => bytes.readDoubleBE(at),
  integer: (bytes, at) => bytes.readInt32BE(at),
  text: (bytes, at, length) => bytes.toString('utf8', at, at + length),
};

/**
 * The rows of a `copy … to stdout with (format binary)` whose columns have the types of the schema, as many at a time as have
 * arrived. Source: PostgreSQL documentation, "COPY", Binary Format.
 */
export async function* readBinaryCopy<S extends ParquetSchema>(
  chunks: AsyncIterable<Buffer>,
  schema: S,
): AsyncGenerator<readonly ParquetRow<S>[]> {
  let bytes: Buffer = Buffer.alloc(0);
  let isBegun = false;
  for await (const chunk of chunks) {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    if (!isBegun && bytes.length < HEADER_BYTES) continue;
    let at = isBegun ? 0 : HEADER_BYTES;
    isBegun = true;
    const rows: ParquetRow<S>[] = [];
    for (let end = endOfRow(bytes, at); end !== null; end = endOfRow(bytes, at)) {
      rows.push(readRow(bytes, at, schema));
      at = end;
    }
    if (rows.length > 0) yield rows;
    bytes = bytes.subarray(at);
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

function readRow<S extends ParquetSchema>(bytes: Buffer, start: number, schema: S): ParquetRow<S> {
  const row: Record<string, ParquetValue> = {};
  let at = start + 2;
  for (const { name, type } of schema) {
    const length = bytes.readInt32BE(at);
    at += 4;
    row[name] = length === NULL ? null : readField[type](bytes, at, length);
    at += Math.max(0, length);
  }
  return row as ParquetRow<S>;
}
