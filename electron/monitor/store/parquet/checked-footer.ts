import zlib from 'node:zlib';
import type { FileMetaData } from 'hyparquet';
import type { ByteSource } from './byte-source.ts';
import { readCompactStruct } from './compact-struct.ts';

/** The footer of a month of ticks fits into this, so that it takes one read. */
const FOOTER_BYTES = 65_536;
/** No file of the program comes near it. */
const MOST_FOOTER_BYTES = 64 * 1024 * 1024;
/** Length of the footer, and the letters PAR1. */
const TAIL_BYTES = 8;

/** Beside the rows, in the key-value metadata of the program's files. */
export const FOOTER_CHECKSUM = 'footer_crc32';
export const GROUP_CHECKSUMS = 'row_groups_crc32';
const NO_CHECKSUM = '00000000';

/** Where the bytes of a row group are, and their CRC-32. */
export type GroupChecksum = readonly [from: number, bytes: number, crc32: number];

/**
 * Reads the end of a Parquet file: the footer, which states what is where, and what follows it. It is compared with its checksum, where
 * it has one; of any file, what it says of its own lengths has to be true.
 *
 * @throws Error when it is no Parquet file, or a damaged one
 */
export async function readCheckedFooter(
  source: ByteSource,
): Promise<{ readonly bytes: Uint8Array; readonly isChecked: boolean }> {
  const { size } = source;
  if (size < 4 + TAIL_BYTES) throw new Error('it is too short');
  let bytes = await source.read(Math.max(0, size - FOOTER_BYTES), size);
  const tail = Buffer.from(bytes.subarray(-TAIL_BYTES));
  if (tail.toString('latin1', 4) !== 'PAR1') throw new Error('it does not end as a Parquet file does');
  const length = tail.readUInt32LE(0);
  if (length > Math.min(size - TAIL_BYTES, MOST_FOOTER_BYTES)) throw new Error('its footer is too long');
  const whole = length + TAIL_BYTES;
  bytes = whole > bytes.length ? await source.read(size - whole, size) : bytes.subarray(bytes.length - whole);
  const isChecked = checkFooter(bytes.subarray(0, length));
  const { end } = readCompactStruct(bytes, 0);
  if (end > length) throw new Error('its footer is cut off');
  return { bytes, isChecked };
}

/** Puts the checksum of a footer in its place in the end of a file. Beforehand, its metadata has the name with `NO_CHECKSUM`. */
export function sealFooter(end: Uint8Array): void {
  const bytes = Buffer.from(end.buffer, end.byteOffset, end.byteLength);
  const length = bytes.readUInt32LE(bytes.length - TAIL_BYTES);
  const footer = bytes.subarray(bytes.length - TAIL_BYTES - length, bytes.length - TAIL_BYTES);
  const at = placeOfChecksum(footer);
  if (at === null) throw new Error('The footer has no place for its checksum.');
  footer.write(hexOf(zlib.crc32(footer)), at, 'latin1');
}

export const UNSEALED = { [FOOTER_CHECKSUM]: NO_CHECKSUM };

/** @returns false when it has none */
function checkFooter(given: Uint8Array): boolean {
  const footer = Buffer.from(given);
  const at = placeOfChecksum(footer);
  if (at === null) return false;
  const stated = footer.toString('latin1', at, at + NO_CHECKSUM.length);
  footer.write(NO_CHECKSUM, at, 'latin1');
  if (hexOf(zlib.crc32(footer)) !== stated) throw new Error('its footer is damaged: its checksum differs');
  return true;
}

/** After its name come a byte that says what it is, and one for its length. */
function placeOfChecksum(footer: Buffer): number | null {
  const name = footer.lastIndexOf(FOOTER_CHECKSUM, undefined, 'latin1');
  const at = name + FOOTER_CHECKSUM.length + 2;
  return name < 0 || at + NO_CHECKSUM.length > footer.length ? null : at;
}

const hexOf = (crc: number): string => crc.toString(16).padStart(NO_CHECKSUM.length, '0');

const MOST_ROWS_OF_GROUP = 2 ** 31;

/** Throws when what a footer says of row groups cannot be: their numbers of rows and values, and where they are. */
export function checkGroups({ row_groups, num_rows, schema }: FileMetaData, size: number): void {
  const elements = schema.reduce((sum, { num_children = 0 }) => sum + num_children, 0);
  if (elements !== schema.length - 1 || schema.some(({ num_children = 0 }) => num_children < 0))
    throw new Error('its schema is damaged');
  let rows = 0;
  for (const group of row_groups) {
    const count = Number(group.num_rows);
    if (!(count >= 0 && count < MOST_ROWS_OF_GROUP)) throw new Error('a row group has an impossible length');
    rows += count;
    for (const { meta_data } of group.columns) {
      if (meta_data === undefined) throw new Error('a column has no metadata');
      const { from, to } = rangeOfColumn(meta_data);
      if (!(from >= 4 && from <= to && to <= size)) throw new Error('a column lies outside of the file');
      const isFlat = meta_data.path_in_schema.length === 1;
      if (isFlat && Number(meta_data.num_values) !== count)
        throw new Error('a column has another number of values than its group has rows');
    }
  }
  if (rows !== Number(num_rows)) throw new Error('its row groups do not make up its rows');
}

type ColumnMetaData = NonNullable<FileMetaData['row_groups'][number]['columns'][number]['meta_data']>;

/** Where the pages of a column are. A dictionary comes first. */
export function rangeOfColumn(column: ColumnMetaData): { readonly from: number; readonly to: number } {
  const data = Number(column.data_page_offset);
  const dictionary = Number(column.dictionary_page_offset ?? 0);
  const from = dictionary > 0 && dictionary < data ? dictionary : data;
  return { from, to: from + Number(column.total_compressed_size) };
}
