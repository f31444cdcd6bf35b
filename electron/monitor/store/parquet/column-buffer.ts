import type { ColumnChunk, DecodedArray } from 'hyparquet';
import type { ByteWriter } from 'hyparquet-writer';
import type { ParquetColumn, ParquetValue } from './parquet-schema.ts';
import { writeDoubles, writeNulls, writeTimes } from './quick-chunk.ts';
import type { CompressPage } from './zstd.ts';

/**
 * The values of a column for one row group, as plain numbers: with an object per row, three quarters of the time would be spent
 * on garbage collection.
 */
export type ColumnBuffer = {
  push(value: ParquetValue): void;
  /**
   * Writes the values that were pushed since the last call if this is possible faster than with hyparquet-writer. Otherwise
   * returns null, writes nothing and keeps the values.
   */
  write(writer: ByteWriter): ColumnChunk | null;
  /** Returns and removes the pushed values, in the physical type of the column. */
  drain(): DecodedArray;
};

/** @param compress compresses the pages of columns that `write` can write */
export function createColumnBuffer(
  column: ParquetColumn,
  capacity: number,
  compress: CompressPage,
): ColumnBuffer {
  return column.type === 'text' ? bufferOfTexts() : bufferOfNumbers(column, column.type, capacity, compress);
}

function bufferOfTexts(): ColumnBuffer {
  let values: ParquetValue[] = [];
  return {
    push(value) {
      values.push(value);
    },
    write: () => null,
    drain() {
      const drained = values;
      values = [];
      return drained;
    },
  };
}

type NumberType = Exclude<ParquetColumn['type'], 'text'>;

const PHYSICAL = { timestamp: 'INT64', double: 'DOUBLE', integer: 'INT32' } as const;

function bufferOfNumbers(
  { name, nullable = false }: ParquetColumn,
  type: NumberType,
  capacity: number,
  compress: CompressPage,
): ColumnBuffer {
  const numbers = new Float64Array(capacity);
  const isNull = new Uint8Array(capacity);
  const column = { name, isNullable: nullable, compress };
  let length = 0;
  let nulls = 0;

  const written = (writer: ByteWriter): ColumnChunk | null => {
    if (length === 0) return null;
    if (nulls === length && nullable) return writeNulls(writer, column, PHYSICAL[type], length);
    if (nulls > 0) return null;
    const given = numbers.subarray(0, length);
    if (type === 'timestamp') return writeTimes(writer, column, given.map(microseconds));
    return type === 'double' ? writeDoubles(writer, column, given) : null;
  };
  const forget = (): void => {
    length = 0;
    nulls = 0;
  };

  return {
    push(value) {
      numbers[length] = value === null ? 0 : Number(value);
      isNull[length] = value === null ? 1 : 0;
      if (value === null) nulls += 1;
      length += 1;
    },
    write(writer) {
      const chunk = written(writer);
      if (chunk !== null) forget();
      return chunk;
    },
    drain() {
      const given = numbers.slice(0, length);
      const drained = type === 'timestamp' ? toMicroseconds(given) : given;
      const values = nulls === 0 ? drained : withNulls(drained, isNull);
      forget();
      return values as DecodedArray;
    },
  };
}

/** Not `Array.from` with a callback, which takes ten times as long for typed arrays. */
function withNulls(numbers: ArrayLike<number | bigint>, isNull: Uint8Array): (number | bigint | null)[] {
  const given = new Array<number | bigint | null>(numbers.length);
  for (let at = 0; at < given.length; at++) given[at] = isNull[at] ? null : (numbers[at] ?? null);
  return given;
}

/** Converts milliseconds. A double represents them exactly to the microsecond until the year 2109. */
const microseconds = (ms: number): number => Math.round(ms * 1_000);

const toMicroseconds = (numbers: Float64Array): BigInt64Array =>
  BigInt64Array.from(numbers, (ms) => BigInt(microseconds(ms)));
