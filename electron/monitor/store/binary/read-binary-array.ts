/** Microseconds in a millisecond, and milliseconds of PostgreSQL's epoch, 2000-01-01 UTC. */
const MICROSECONDS = 1_000;
const POSTGRES_EPOCH_MS = 946_684_800_000;
const TWO_TO_32 = 4_294_967_296;

/** Number of dimensions, flags, type; then length and lower bound of the only dimension. */
const HEADER_BYTES = 20;
const LENGTH_AT = 12;
/** The length of an element, or this for null. */
const NULL = -1;
const ELEMENT_BYTES = 8;

type Column = Float64Array<ArrayBuffer>;

/**
 * The elements of a one-dimensional `double precision[]` in PostgreSQL's binary format, as `array_send` gives it; NaN for null.
 * Source: PostgreSQL's `array_send` in src/backend/utils/adt/arrayfuncs.c.
 */
export function readFloat8Array(bytes: Buffer): Column {
  const { view, column } = open(bytes);
  let at = HEADER_BYTES;
  for (let index = 0; index < column.length; index++) {
    const isNull = view.getInt32(at) === NULL;
    column[index] = isNull ? Number.NaN : view.getFloat64(at + 4);
    at += isNull ? 4 : 4 + ELEMENT_BYTES;
  }
  return column;
}

/** The elements of a `timestamptz[]` without nulls, in whole milliseconds since the Unix epoch. */
export function readTimestamptzArray(bytes: Buffer): Column {
  const { view, column } = open(bytes);
  let at = HEADER_BYTES + 4;
  for (let index = 0; index < column.length; index++) {
    // Below 2 ** 53 until the year 2285.
    const microseconds = view.getInt32(at) * TWO_TO_32 + view.getUint32(at + 4);
    column[index] = Math.floor(microseconds / MICROSECONDS) + POSTGRES_EPOCH_MS;
    at += 4 + ELEMENT_BYTES;
  }
  return column;
}

/** A DataView, which reads numbers faster than the methods of Buffer, and a column for the elements. */
function open(bytes: Buffer): { readonly view: DataView; readonly column: Column } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasElements = view.getInt32(0) > 0;
  return { view, column: new Float64Array(hasElements ? view.getInt32(LENGTH_AT) : 0) };
}
