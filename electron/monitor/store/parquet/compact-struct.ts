import { damaged } from './damaged-parquet.ts';

/** Types of Thrift's compact protocol. Source: thrift-compact-protocol.md. Parquet has no maps and sets. */
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

const MAX_DEPTH = 32;
const MAX_VARINT_BYTES = 10;

/** A struct: its numbers and structs by field id. Strings and lists are skipped. */
export type CompactStruct = ReadonlyMap<number, number | CompactStruct>;

/**
 * Reads a struct of Thrift's compact protocol. The time is bounded by the number of bytes, for any content.
 *
 * @returns the struct and the offset of its end
 * @throws Error when it is incomplete or invalid
 */
export function readCompactStruct(
  bytes: Uint8Array,
  start: number,
): { readonly fields: CompactStruct; readonly end: number } {
  let at = start;

  const byte = (): number => {
    const value = bytes[at];
    if (value === undefined) throw damaged('parquet.metadata-cut-off');
    at += 1;
    return value;
  };
  /** Not exact beyond 2 ** 53. */
  const varint = (): number => {
    let value = 0;
    for (let count = 0; count < MAX_VARINT_BYTES; count += 1) {
      const next = byte();
      value += (next & 0x7f) * 2 ** (7 * count);
      if (next < 0x80) return value;
    }
    throw damaged('parquet.metadata-number');
  };
  const zigzag = (): number => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const skip = (count: number): void => {
    if (count > bytes.length - at) throw damaged('parquet.metadata-cut-off');
    at += count;
  };

  const element = (type: number, depth: number): number | CompactStruct | null => {
    switch (type) {
      case BYTE:
        return byte();
      case I16:
      case I32:
      case I64:
        return zigzag();
      case DOUBLE:
        skip(8);
        return null;
      case BINARY:
        skip(varint());
        return null;
      case LIST: {
        const head = byte();
        const [kind, short] = [head & 0x0f, head >> 4];
        const count = short === 15 ? varint() : short;
        // Each element takes at least one byte.
        if (count > bytes.length - at) throw damaged('parquet.metadata-list');
        for (let index = 0; index < count; index += 1)
          element(kind === TRUE || kind === FALSE ? BYTE : kind, depth + 1);
        return null;
      }
      case STRUCT:
        return struct(depth + 1);
      default:
        throw damaged('parquet.metadata-type');
    }
  };

  const struct = (depth: number): CompactStruct => {
    if (depth > MAX_DEPTH) throw damaged('parquet.metadata-depth');
    const fields = new Map<number, number | CompactStruct>();
    for (let id = 0; ; ) {
      const head = byte();
      const type = head & 0x0f;
      if (type === 0) return fields;
      id = head >> 4 === 0 ? zigzag() : id + (head >> 4);
      if (type === TRUE || type === FALSE) continue;
      const value = element(type, depth);
      if (value !== null) fields.set(id, value);
    }
  };

  const fields = struct(0);
  return { fields, end: at };
}
