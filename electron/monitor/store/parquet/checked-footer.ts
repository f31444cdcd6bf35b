import zlib from 'node:zlib';
import type { FileMetaData } from 'hyparquet';
import type { ByteSource } from './byte-source.ts';
import { readCompactStruct } from './compact-struct.ts';
import { damaged } from './damaged-parquet.ts';

/** Large enough for the footer of a month of ticks, so that one read suffices. */
const FOOTER_BYTES = 65_536;
/** Far larger than any footer that the program writes. */
const MAX_FOOTER_BYTES = 64 * 1024 * 1024;
/** The length of the footer, and the characters PAR1. */
const TAIL_BYTES = 8;

/** A key of the key-value metadata in the program's files. */
export const FOOTER_CHECKSUM = 'footer_crc32';
export const GROUP_CHECKSUMS = 'row_groups_crc32';
const NO_CHECKSUM = '00000000';

/** The position and length of a row group, and its CRC-32. */
export type GroupChecksum = readonly [from: number, bytes: number, crc32: number];

/**
 * Reads the footer of a Parquet file, with what follows it. The footer is compared with its checksum if it has one; the lengths
 * in it are validated for any file.
 *
 * @throws Error when it is not a Parquet file, or is damaged
 */
export async function readCheckedFooter(
  source: ByteSource,
): Promise<{ readonly bytes: Uint8Array; readonly isChecked: boolean }> {
  const { size } = source;
  if (size < 4 + TAIL_BYTES) throw damaged('parquet.too-short');
  let bytes = await source.read(Math.max(0, size - FOOTER_BYTES), size);
  const tail = Buffer.from(bytes.subarray(-TAIL_BYTES));
  if (tail.toString('latin1', 4) !== 'PAR1') throw damaged('parquet.no-end');
  const length = tail.readUInt32LE(0);
  if (length > Math.min(size - TAIL_BYTES, MAX_FOOTER_BYTES)) throw damaged('parquet.footer-too-long');
  const whole = length + TAIL_BYTES;
  bytes = whole > bytes.length ? await source.read(size - whole, size) : bytes.subarray(bytes.length - whole);
  const isChecked = checkFooter(bytes.subarray(0, length));
  const { end } = readCompactStruct(bytes, 0);
  if (end > length) throw damaged('parquet.footer-cut-off');
  return { bytes, isChecked };
}

/** Writes the checksum of a footer into it, in place of the metadata value `NO_CHECKSUM`. */
export function sealFooter(end: Uint8Array): void {
  const bytes = Buffer.from(end.buffer, end.byteOffset, end.byteLength);
  const length = bytes.readUInt32LE(bytes.length - TAIL_BYTES);
  const footer = bytes.subarray(bytes.length - TAIL_BYTES - length, bytes.length - TAIL_BYTES);
  const at = placeOfChecksum(footer);
  if (at === null) throw new Error('The footer has no place for its checksum.');
  footer.write(hexOf(zlib.crc32(footer)), at, 'latin1');
}

export const UNSEALED = { [FOOTER_CHECKSUM]: NO_CHECKSUM };

/** @returns false when it has no checksum */
function checkFooter(given: Uint8Array): boolean {
  const footer = Buffer.from(given);
  const at = placeOfChecksum(footer);
  if (at === null) return false;
  const stated = footer.toString('latin1', at, at + NO_CHECKSUM.length);
  footer.write(NO_CHECKSUM, at, 'latin1');
  if (hexOf(zlib.crc32(footer)) !== stated) throw damaged('parquet.footer-checksum');
  return true;
}

/** The key is followed by a type byte and a length byte. */
function placeOfChecksum(footer: Buffer): number | null {
  const name = footer.lastIndexOf(FOOTER_CHECKSUM, undefined, 'latin1');
  const at = name + FOOTER_CHECKSUM.length + 2;
  return name < 0 || at + NO_CHECKSUM.length > footer.length ? null : at;
}

const hexOf = (crc: number): string => crc.toString(16).padStart(NO_CHECKSUM.length, '0');

const MAX_ROWS_OF_GROUP = 2 ** 31;

/**
 * Validates the row groups of a footer: their positions and their numbers of rows and values. Throws when they are impossible.
 */
export function checkGroups({ row_groups, num_rows, schema }: FileMetaData, size: number): void {
  const elements = schema.reduce((sum, { num_children = 0 }) => sum + num_children, 0);
  if (elements !== schema.length - 1 || schema.some(({ num_children = 0 }) => num_children < 0))
    throw damaged('parquet.schema');
  let rows = 0;
  for (const group of row_groups) {
    const count = Number(group.num_rows);
    if (!(count >= 0 && count < MAX_ROWS_OF_GROUP)) throw damaged('parquet.group-length');
    rows += count;
    for (const { meta_data } of group.columns) {
      if (meta_data === undefined) throw damaged('parquet.no-metadata');
      const { from, to } = rangeOfColumn(meta_data);
      if (!(from >= 4 && from <= to && to <= size)) throw damaged('parquet.column-outside');
      const isFlat = meta_data.path_in_schema.length === 1;
      if (isFlat && Number(meta_data.num_values) !== count) throw damaged('parquet.values-of-column');
    }
  }
  if (rows !== Number(num_rows)) throw damaged('parquet.rows-of-groups');
}

type ColumnMetaData = NonNullable<FileMetaData['row_groups'][number]['columns'][number]['meta_data']>;

/** The byte range of a column's pages. A dictionary page comes first. */
export function rangeOfColumn(column: ColumnMetaData): { readonly from: number; readonly to: number } {
  const data = Number(column.data_page_offset);
  const dictionary = Number(column.dictionary_page_offset ?? 0);
  const from = dictionary > 0 && dictionary < data ? dictionary : data;
  return { from, to: from + Number(column.total_compressed_size) };
}
