import type { DecodedArray } from 'hyparquet';
import type { ParquetColumn, ParquetValue } from './parquet-schema.ts';

/**
 * The values of a column for one row group. Numbers are kept as such, without an object for each row: with those, three quarters
 * of the time went into collecting garbage.
 */
export type ColumnBuffer = {
  push(value: ParquetValue): void;
  /** What was pushed since the last time, in the physical type of the column. */
  take(): DecodedArray;
};

export function createColumnBuffer({ type }: ParquetColumn, capacity: number): ColumnBuffer {
  if (type === 'text') return bufferOfTexts();
  return bufferOfNumbers(capacity, type === 'timestamp' ? toMicroseconds : (numbers) => numbers.slice());
}

function bufferOfTexts(): ColumnBuffer {
  let values: ParquetValue[] = [];
  return {
    push(value) {
      values.push(value);
    },
    take() {
      const taken = values;
      values = [];
      return taken;
    },
  };
}

function bufferOfNumbers(
  capacity: number,
  convert: (numbers: Float64Array) => Float64Array | BigInt64Array,
): ColumnBuffer {
  const numbers = new Float64Array(capacity);
  const isNull = new Uint8Array(capacity);
  let length = 0;
  let nulls = 0;
  return {
    push(value) {
      numbers[length] = value === null ? 0 : Number(value);
      isNull[length] = value === null ? 1 : 0;
      if (value === null) nulls += 1;
      length += 1;
    },
    take() {
      const given = convert(numbers.subarray(0, length));
      const taken =
        nulls === 0 ? given : Array.from<unknown, unknown>(given, (each, at) => (isNull[at] ? null : each));
      length = 0;
      nulls = 0;
      return taken as DecodedArray;
    },
  };
}

/** From milliseconds, whose fractions a double has to the microsecond until the year 2109. */
function toMicroseconds(numbers: Float64Array): BigInt64Array {
  return BigInt64Array.from(numbers, (ms) => BigInt(Math.round(ms * 1_000)));
}
