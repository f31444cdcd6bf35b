import type { ColumnChunk } from 'hyparquet';
import type { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import type { CompressPage } from './zstd.ts';

/** A column of one row group whose values are either all numbers or all null. */
export type QuickColumn = {
  readonly name: string;
  readonly isNullable: boolean;
  readonly compress: CompressPage;
};

/** Writes times without nulls, in microseconds since the epoch, as bit-packed differences. */
export function writeTimes(
  writer: ByteWriter,
  column: QuickColumn,
  micros: Float64Array,
): ColumnChunk | null {
  const packed = packDifferences(micros);
  if (packed === null) return null;
  const { least, most } = rangeOf(micros);
  return writeChunk(writer, column, {
    type: 'INT64',
    encoding: 'DELTA_BINARY_PACKED',
    content: packed,
    count: micros.length,
    nulls: 0,
    statistics: { min_value: BigInt(least), max_value: BigInt(most), null_count: 0n },
  });
}

/** Writes doubles that are mostly distinct, in plain encoding. Returns null when a dictionary may be shorter. */
export function writeDoubles(
  writer: ByteWriter,
  column: QuickColumn,
  numbers: Float64Array,
): ColumnChunk | null {
  if (!IS_LITTLE_ENDIAN || mayRepeat(numbers)) return null;
  const { least, most, nanCount } = rangeOf(numbers);
  if (nanCount > 0) return null;
  return writeChunk(writer, column, {
    type: 'DOUBLE',
    encoding: 'PLAIN',
    content: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
    count: numbers.length,
    nulls: 0,
    // A minimum of zero is written as -0 and a maximum as +0. Source: parquet.thrift, TypeDefinedOrder.
    statistics: { min_value: least === 0 ? -0 : least, max_value: most === 0 ? 0 : most, null_count: 0n },
  });
}

/** Writes a column that contains only nulls. */
export function writeNulls(
  writer: ByteWriter,
  column: QuickColumn,
  type: 'INT64' | 'DOUBLE' | 'INT32',
  count: number,
): ColumnChunk {
  return writeChunk(writer, column, {
    type,
    encoding: 'PLAIN',
    content: new Uint8Array(),
    count,
    nulls: count,
    statistics: { null_count: BigInt(count) },
  });
}

type Chunk = {
  readonly type: 'INT64' | 'DOUBLE' | 'INT32';
  readonly encoding: 'PLAIN' | 'DELTA_BINARY_PACKED';
  readonly content: Uint8Array;
  readonly count: number;
  readonly nulls: number;
  readonly statistics: NonNullable<NonNullable<ColumnChunk['meta_data']>['statistics']>;
};

function writeChunk(
  writer: ByteWriter,
  { name, isNullable, compress }: QuickColumn,
  chunk: Chunk,
): ColumnChunk {
  const { type, encoding, content, count, nulls, statistics } = chunk;
  const from = writer.offset;
  const levels = isNullable ? equalLevels(count, nulls === 0 ? 1 : 0) : new Uint8Array();
  const compressed = compress(content);
  writePageHeader(writer, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels.length + content.length,
    compressed_page_size: levels.length + compressed.length,
    data_page_header_v2: {
      num_values: count,
      num_nulls: nulls,
      num_rows: count,
      encoding,
      definition_levels_byte_length: levels.length,
      repetition_levels_byte_length: 0,
      is_compressed: true,
    },
  });
  const headerBytes = writer.offset - from;
  writer.appendBytes(levels);
  writer.appendBytes(compressed);
  return {
    file_offset: BigInt(from),
    meta_data: {
      type,
      encodings: [encoding],
      path_in_schema: [name],
      codec: 'ZSTD',
      num_values: BigInt(count),
      total_uncompressed_size: BigInt(headerBytes + levels.length + content.length),
      total_compressed_size: BigInt(writer.offset - from),
      data_page_offset: BigInt(from),
      statistics,
      encoding_stats: [{ page_type: 'DATA_PAGE_V2', encoding, count: 1 }],
    },
  };
}

/** A single run of equal levels. Source: parquet-format, Encodings.md, RLE. */
function equalLevels(count: number, level: 0 | 1): Uint8Array {
  const bytes: number[] = [];
  for (let left = count * 2; ; left = Math.floor(left / 128)) {
    if (left < 128) {
      bytes.push(left, level);
      return Uint8Array.from(bytes);
    }
    bytes.push((left % 128) + 128);
  }
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function rangeOf(numbers: Float64Array): {
  readonly least: number;
  readonly most: number;
  /** The number of NaN values. */
  readonly nanCount: number;
} {
  let [least, most, nanCount] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] ?? 0;
    if (number < least) least = number;
    if (number > most) most = number;
    if (Number.isNaN(number)) nanCount += 1;
  }
  return { least, most, nanCount };
}

const SAMPLES = 256;

/** Whether a sample contains a repeated number. */
function mayRepeat(numbers: Float64Array): boolean {
  const step = Math.max(1, Math.floor(numbers.length / SAMPLES));
  const seen = new Set<number>();
  let count = 0;
  for (let at = 0; at < numbers.length; at += step) {
    seen.add(numbers[at] ?? 0);
    count += 1;
  }
  return seen.size < count * 0.9;
}

const BLOCK = 128;
const MINIBLOCKS = 4;
const PER_MINIBLOCK = BLOCK / MINIBLOCKS;
const LONGEST_VARINT = 10;
/** Up to seven bits may be pending, and bitwise operations have 32 bits. */
const MAX_STEP_BITS = 24;
const TWO_TO_24 = 16_777_216;

/**
 * Encodes integers as DELTA_BINARY_PACKED. hyparquet-writer uses a BigInt for each value and difference; plain numbers take a
 * tenth of the time. Source: parquet-format, Encodings.md, Delta Encoding.
 *
 * @returns null when a number cannot represent a difference exactly
 */
export function packDifferences(values: Float64Array): Uint8Array | null {
  const blocks = Math.ceil(Math.max(0, values.length - 1) / BLOCK);
  const bytes = new Uint8Array((blocks + 4) * LONGEST_VARINT + blocks * (MINIBLOCKS + BLOCK * 8));
  let end = 0;

  const varint = (value: number): void => {
    let left = value;
    for (; left >= 128; left = Math.floor(left / 128)) bytes[end++] = (left % 128) + 128;
    bytes[end++] = left;
  };
  const zigzag = (value: number): void => varint(value < 0 ? -2 * value - 1 : 2 * value);

  varint(BLOCK);
  varint(MINIBLOCKS);
  varint(values.length);
  zigzag(values[0] ?? 0);

  const deltas = new Float64Array(BLOCK);
  for (let start = 1; start < values.length; start += BLOCK) {
    const count = Math.min(BLOCK, values.length - start);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < count; at++) {
      const delta = (values[start + at] ?? 0) - (values[start + at - 1] ?? 0);
      deltas[at] = delta;
      if (delta < least) least = delta;
      if (delta > most) most = delta;
    }
    if (!(most - least < Number.MAX_SAFE_INTEGER / 2 && -least < Number.MAX_SAFE_INTEGER / 2)) return null;
    zigzag(least);
    for (let at = 0; at < count; at++) deltas[at] = (deltas[at] ?? 0) - least;
    deltas.fill(0, count);
    const widths = end;
    end += MINIBLOCKS;
    for (let mini = 0; mini < MINIBLOCKS; mini++) {
      const width = widthOf(deltas, mini * PER_MINIBLOCK);
      bytes[widths + mini] = width;
      if (width > 0) end = packBits(bytes, end, deltas, mini * PER_MINIBLOCK, width);
    }
  }
  return bytes.subarray(0, end);
}

/** The number of bits of the largest value of a miniblock. */
function widthOf(deltas: Float64Array, from: number): number {
  let most = 0;
  for (let at = from; at < from + PER_MINIBLOCK; at++) most = Math.max(most, deltas[at] ?? 0);
  let width = 0;
  for (; most > 0xffffffff; most = Math.floor(most / TWO_TO_24)) width += MAX_STEP_BITS;
  return most === 0 ? width : width + 32 - Math.clz32(most);
}

/** @returns the offset of the next byte */
function packBits(
  bytes: Uint8Array,
  start: number,
  deltas: Float64Array,
  from: number,
  width: number,
): number {
  let [end, waiting, count] = [start, 0, 0];
  for (let at = from; at < from + PER_MINIBLOCK; at++) {
    let value = deltas[at] ?? 0;
    for (let left = width; left > 0; left -= MAX_STEP_BITS) {
      waiting |= (value % TWO_TO_24) << count;
      count += Math.min(left, MAX_STEP_BITS);
      value = Math.floor(value / TWO_TO_24);
      for (; count >= 8; count -= 8) {
        bytes[end++] = waiting & 0xff;
        waiting >>>= 8;
      }
    }
  }
  return end;
}
