import { createHash } from 'node:crypto';
import type { ParquetColumn, ParquetSchema, ParquetValue } from '../parquet/parquet-schema.ts';

/**
 * SHA-256 of rows in their order, of their values alone: a file that was written by another program, or compressed otherwise,
 * has the same when it holds the same. Each row is, column after column in the order of the schema, eight bytes with the least
 * significant first: a time as a whole number of microseconds since the epoch, all others as IEEE 754 doubles. A column that
 * may be null has a byte before them, 1 for a value, and 0 before eight zeros for null. A text is the number of its bytes in UTF-8, in
 * such eight bytes, and then these bytes.
 */
export type RowsDigest = {
  add(rows: readonly Readonly<Record<string, ParquetValue>>[]): void;
  count(): number;
  /** Ends it. */
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

/** @returns where the next value goes */
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
