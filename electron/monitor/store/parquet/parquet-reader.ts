import zlib from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetReadObjects,
  type RowGroup,
} from 'hyparquet';
import type { ByteSource } from './byte-source.ts';
import { checkPages } from './check-pages.ts';
import {
  checkGroups,
  FOOTER_CHECKSUM,
  GROUP_CHECKSUMS,
  type GroupChecksum,
  rangeOfColumn,
  readCheckedFooter,
} from './checked-footer.ts';
import { damaged } from './damaged-parquet.ts';
import type { ParquetRow, ParquetSchema } from './parquet-schema.ts';

/** Limits the output to the size in the page header, because a damaged file could use up all memory. */
const upTo = (length: number) => ({ maxOutputLength: Math.max(1, length) });

/** Codecs of Node, in addition to Snappy of hyparquet. No common writer uses LZ4 by default. */
const DECOMPRESSORS: Compressors = {
  ZSTD: (page, length) => zlib.zstdDecompressSync(page, upTo(length)),
  GZIP: (page, length) => zlib.gunzipSync(page, upTo(length)),
  BROTLI: (page, length) => zlib.brotliDecompressSync(page, upTo(length)),
};

/** Converts times of any unit to milliseconds since the epoch. */
const PARSERS = {
  timestampFromMilliseconds: (ms: bigint): number => Number(ms),
  timestampFromMicroseconds: (us: bigint): number => Number(us) / 1_000,
  timestampFromNanoseconds: (ns: bigint): number => Number(ns / 1_000n) / 1_000,
  dateFromDays: (days: number): number => days * 86_400_000,
};

/** Times in milliseconds since the epoch; `to` is exclusive. */
export type ParquetRange = { readonly column: string; readonly from: number; readonly to: number };

/** An open Parquet file. */
export type ParquetFile = {
  readonly rowCount: number;
  readonly columns: readonly string[];
  /** The key-value metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads the rows in the order of the file, one row group at a time. With a range, only row groups whose statistics overlap it
   * are read, and only rows within it are returned.
   */
  rows<S extends ParquetSchema>(schema: S, range?: ParquetRange): AsyncGenerator<readonly ParquetRow<S>[]>;
};

/**
 * Opens a Parquet file of this program or another one and reads its footer; rows are read on request. A file of this program is
 * compared with the checksums in it, so that reading returns the rows that were written, or an error. In other files, the stated
 * lengths are validated, because hyparquet trusts them.
 *
 * @throws Error when it is not a Parquet file, or is damaged
 */
export async function openParquet(source: ByteSource): Promise<ParquetFile> {
  const { bytes, isChecked } = await readCheckedFooter(source);
  const footer = parquetMetadata(bytes, { parsers: PARSERS, geoparquet: false });
  checkGroups(footer, source.size);
  const {
    [GROUP_CHECKSUMS]: groups = null,
    [FOOTER_CHECKSUM]: _,
    ...metadata
  } = Object.fromEntries((footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']));
  const checksums: readonly GroupChecksum[] | null = isChecked && groups !== null ? JSON.parse(groups) : null;
  return {
    rowCount: Number(footer.num_rows),
    columns: topLevelColumns(footer),
    metadata,
    async *rows(schema, range) {
      const names = schema.map(({ name }) => name);
      let rowStart = 0;
      for (const [index, group] of footer.row_groups.entries()) {
        const rowEnd = rowStart + Number(group.num_rows);
        if (range === undefined || mayOverlap(group, range)) {
          const checksum = checksums?.[index];
          const file =
            checksum === undefined
              ? await checkedColumns(source, group, names)
              : await checkedGroup(source, checksum);
          const rows = await parquetReadObjects({
            file,
            metadata: footer,
            columns: names,
            rowStart,
            rowEnd,
            compressors: DECOMPRESSORS,
            parsers: PARSERS,
          });
          yield (
            range === undefined ? rows : rows.filter((row) => isWithin(row[range.column], range))
          ) as never;
        }
        rowStart = rowEnd;
      }
    },
  };
}

/** Reads a row group of this program into memory and compares it with its checksum. */
async function checkedGroup(source: ByteSource, [from, length, crc32]: GroupChecksum): Promise<AsyncBuffer> {
  const bytes = await source.read(from, from + length);
  if (zlib.crc32(bytes) !== crc32) throw damaged('parquet.group-checksum');
  return pieceOf(source.size, from, bytes);
}

/** Reads the requested columns of a row group, with what is between them, into memory and validates their pages. */
async function checkedColumns(
  source: ByteSource,
  { columns, num_rows }: RowGroup,
  names: readonly string[],
): Promise<AsyncBuffer> {
  const wanted = columns.flatMap(({ meta_data }) =>
    meta_data !== undefined && names.includes(meta_data.path_in_schema[0] ?? '')
      ? [{ ...rangeOfColumn(meta_data), isFlat: meta_data.path_in_schema.length === 1 }]
      : [],
  );
  if (wanted.length === 0) return pieceOf(source.size, 0, new Uint8Array());
  const start = Math.min(...wanted.map(({ from }) => from));
  const bytes = await source.read(start, Math.max(...wanted.map(({ to }) => to)));
  for (const { from, to, isFlat } of wanted)
    checkPages(bytes.subarray(from - start, to - start), isFlat ? Number(num_rows) : null);
  return pieceOf(source.size, start, bytes);
}

/** Presents a part of a file as a whole file. */
function pieceOf(byteLength: number, start: number, bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength,
    slice(from, to = byteLength) {
      if (from < start || to > start + bytes.length) throw damaged('parquet.no-column');
      // Not `slice`, which does not copy a Buffer.
      return new Uint8Array(bytes.subarray(from - start, to - start)).buffer;
    },
  };
}

function topLevelColumns({ schema }: FileMetaData): readonly string[] {
  const names: string[] = [];
  for (let index = 1; index < schema.length; index += 1 + descendants(schema, index)) {
    names.push(schema[index]?.name ?? '');
  }
  return names;
}

/** The number of elements below this one: the schema is a tree in depth-first order. */
function descendants(schema: FileMetaData['schema'], index: number): number {
  let count = 0;
  for (let children = schema[index]?.num_children ?? 0; children > 0; children -= 1) {
    count += 1 + descendants(schema, index + 1 + count);
  }
  return count;
}

function mayOverlap(group: RowGroup, { column, from, to }: ParquetRange): boolean {
  const chunk = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === column);
  const { min_value, max_value } = chunk?.meta_data?.statistics ?? {};
  // Without statistics, the group may contain rows of the range.
  if (typeof min_value !== 'number' || typeof max_value !== 'number') return true;
  return min_value < to && max_value >= from;
}

function isWithin(at: unknown, { from, to }: ParquetRange): boolean {
  return typeof at === 'number' && at >= from && at < to;
}
