/** Milliseconds of PostgreSQL's epoch, 2000-01-01 UTC. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const TWO_TO_32 = 4_294_967_296;

/** Builds PostgreSQL's binary format: fixed-size numbers, and fields preceded by their length (-1 for null). */
export type BinaryFormat = {
  int16(value: number): void;
  int32(value: number): void;
  raw(bytes: Uint8Array): void;
  textField(value: string | null): void;
  float8Field(value: number | null): void;
  int4Field(value: number | null): void;
  /** `ms` is in milliseconds since the Unix epoch. */
  timestamptzField(ms: number | null): void;
  /** The bytes written so far. */
  bytes(): Buffer;
};

/**
 * A writer of PostgreSQL's binary format for COPY and bound parameters. Nothing is escaped, doubles keep every bit, and the
 * server parses no text: about twice as fast as the text format on both sides. Source: PostgreSQL documentation, "COPY", Binary
 * Format; fields have the format of each type's `send` function.
 *
 * @param expectedBytes initial capacity; avoids copying when large enough
 */
export function createBinaryFormat(expectedBytes: number): BinaryFormat {
  let buffer = Buffer.allocUnsafe(Math.max(64, expectedBytes));
  // Writes numbers faster than the methods of Buffer do.
  let view = viewOf(buffer);
  let length = 0;

  const reserve = (bytes: number): number => {
    const at = length;
    length += bytes;
    if (length > buffer.length) {
      const grown = Buffer.allocUnsafe(length * 2);
      buffer.copy(grown, 0, 0, at);
      buffer = grown;
      view = viewOf(buffer);
    }
    return at;
  };
  const int32 = (value: number): void => {
    const at = reserve(4);
    view.setInt32(at, value);
  };
  const nullField = (): void => int32(-1);

  return {
    int32,
    int16(value) {
      const at = reserve(2);
      view.setInt16(at, value);
    },
    raw(bytes) {
      const at = reserve(bytes.length);
      buffer.set(bytes, at);
    },
    textField(value) {
      if (value === null) return nullField();
      const start = reserve(4);
      // A UTF-16 unit takes at most three bytes in UTF-8.
      const at = reserve(value.length * 3);
      const written = buffer.write(value, at, 'utf8');
      view.setInt32(start, written);
      length = at + written;
    },
    float8Field(value) {
      if (value === null) return nullField();
      const at = reserve(12);
      view.setInt32(at, 8);
      view.setFloat64(at + 4, value);
    },
    int4Field(value) {
      if (value === null) return nullField();
      const at = reserve(8);
      view.setInt32(at, 4);
      view.setInt32(at + 4, value);
    },
    timestamptzField(ms) {
      if (ms === null) return nullField();
      const at = reserve(12);
      setTimestamptz(view, at, ms);
    },
    bytes: () => buffer.subarray(0, length),
  };
}

/** Writes the field of a time, twelve bytes. `ms` is in milliseconds since the Unix epoch. */
export function setTimestamptz(view: DataView, at: number, ms: number): void {
  view.setInt32(at, 8);
  const exact = (ms - POSTGRES_EPOCH_MS) * 1_000;
  // A double has fractions of milliseconds only about to the tenth of a microsecond.
  const microseconds = Number.isInteger(exact) ? exact : Math.round(exact);
  if (Number.isSafeInteger(microseconds)) {
    const high = Math.floor(microseconds / TWO_TO_32);
    view.setInt32(at + 4, high);
    view.setUint32(at + 8, microseconds - high * TWO_TO_32);
  } else {
    view.setBigInt64(at + 4, BigInt(ms - POSTGRES_EPOCH_MS) * 1_000n);
  }
}

/** Writes the field of a double, twelve bytes, or four for null. Returns where the next field begins. */
export function setFloat8(view: DataView, at: number, value: number | null): number {
  if (value === null) {
    view.setInt32(at, -1);
    return at + 4;
  }
  view.setInt32(at, 8);
  view.setFloat64(at + 4, value);
  return at + 12;
}

/** Writes the field of an integer, eight bytes. */
export function setInt4(view: DataView, at: number, value: number): void {
  view.setInt32(at, 4);
  view.setInt32(at + 4, value);
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
