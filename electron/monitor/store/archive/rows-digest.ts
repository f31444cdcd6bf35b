import { createHash } from 'node:crypto';
import type { ParquetColumn, ParquetSchema, ParquetValue } from '../parquet/parquet-schema.ts';

/**
 * SHA-256 of the values of rows, in order, independent of the file's writer and compression. Each row is encoded column by column
 * in the order of the schema, in little-endian units of eight bytes: a time as an integer of microseconds since the epoch, any
 * other number as an IEEE 754 double. A nullable column has a byte before its value, 1 for a value and 0 (followed by eight zero
 * bytes) for null. A text is its length in bytes of UTF-8, as such a unit, followed by these bytes.
 */
export type RowsDigest = {
  add(rows: readonly Readonly<Record<string, ParquetValue>>[]): void;
  count(): number;
  /** Finishes the digest. */
  hex(): string;
};

export function createRowsDigest(schema: ParquetSchema): RowsDigest {
  const hash = createHash('sha256');
  const width = schema.reduce((sum, { nullable }) => sum + (nullable === true ? 9 : 8), 0);
  const texts = schema.filter(({ type }) => type === 'text');
  let count = 0;
  return {
    add(rows) {
      const bytes = Buffer.alloc(rows.length * width + bytesOfTexts(rows, texts));
      let at = 0;
      for (const row of rows) {
        for (const column of schema) at = writeValue(bytes, at, column, row[column.name] ?? null);
      }
      hash.update(bytes);
      count += rows.length;
    },
    count: () => count,
    hex: () => hash.copy().digest('hex'),
  };
}

function bytesOfTexts(
  rows: readonly Readonly<Record<string, ParquetValue>>[],
  texts: readonly ParquetColumn[],
): number {
  let bytes = 0;
  for (const { name } of texts)
    for (const row of rows) bytes += Buffer.byteLength(String(row[name] ?? ''), 'utf8');
  return bytes;
}

/** @returns the offset of the next value */
function writeValue(
  bytes: Buffer,
  at: number,
  { type, nullable = false }: ParquetColumn,
  value: ParquetValue,
): number {
  const start = nullable ? at + 1 : at;
  if (value === null) return start + 8;
  if (nullable) bytes.writeUInt8(1, at);
  if (type === 'text') {
    const length = bytes.write(String(value), start + 8, 'utf8');
    bytes.writeBigInt64LE(BigInt(length), start);
    return start + 8 + length;
  }
  if (type === 'timestamp') bytes.writeBigInt64LE(BigInt(Math.round(Number(value) * 1_000)), start);
  else bytes.writeDoubleLE(Number(value), start);
  return start + 8;
}
