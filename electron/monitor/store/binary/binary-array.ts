import { type BinaryFormat, createBinaryFormat } from './binary-format.ts';

// Type ids that are the same in every PostgreSQL (pg_type.dat).
const TEXT_OID = 25;
const INT4_OID = 23;
const FLOAT8_OID = 701;
const TIMESTAMPTZ_OID = 1184;

/** A `text[]` parameter. `pg` sends a Buffer as a binary parameter. */
export function textArray(values: readonly (string | null)[]): Buffer {
  return binaryArray(TEXT_OID, values, (format, value) => format.textField(value));
}

/** An `integer[]` parameter. */
export function int4Array(values: readonly (number | null)[]): Buffer {
  return binaryArray(INT4_OID, values, (format, value) => format.int4Field(value));
}

/** A `double precision[]` parameter. */
export function float8Array(values: readonly (number | null)[]): Buffer {
  return binaryArray(FLOAT8_OID, values, (format, value) => format.float8Field(value));
}

/** A `timestamptz[]` parameter, from milliseconds since the epoch. */
export function timestamptzArray(values: readonly (number | null)[]): Buffer {
  return binaryArray(TIMESTAMPTZ_OID, values, (format, value) => format.timestamptzField(value));
}

function binaryArray<T>(
  elementOid: number,
  values: readonly (T | null)[],
  writeField: (format: BinaryFormat, value: T | null) => void,
): Buffer {
  const format = createBinaryFormat(20 + values.length * 24);
  format.int32(values.length === 0 ? 0 : 1); // dimensions
  format.int32(1); // there may be nulls
  format.int32(elementOid);
  if (values.length > 0) {
    format.int32(values.length);
    format.int32(1); // lower bound
    for (const value of values) writeField(format, value);
  }
  return format.bytes();
}
