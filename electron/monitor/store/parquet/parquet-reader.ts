import zlib from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type RowGroup,
} from 'hyparquet';
import type { ByteSource } from './byte-source.ts';
import type { ParquetRow, ParquetSchema } from './parquet-schema.ts';

/** Not more than the page's header says: a damaged file could ask for all memory. */
const upTo = (length: number) => ({ maxOutputLength: Math.max(1, length) });

/** Those that Node has beside Snappy, which hyparquet has. Nothing writes LZ4 by default. */
const DECOMPRESSORS: Compressors = {
  ZSTD: (page, length) => zlib.zstdDecompressSync(page, upTo(length)),
  GZIP: (page, length) => zlib.gunzipSync(page, upTo(length)),
  BROTLI: (page, length) => zlib.brotliDecompressSync(page, upTo(length)),
};

/** Times are milliseconds since the epoch, whatever their unit in the file. */
const PARSERS = {
  timestampFromMilliseconds: (ms: bigint): number => Number(ms),
  timestampFromMicroseconds: (us: bigint): number => Number(us) / 1_000,
  timestampFromNanoseconds: (ns: bigint): number => Number(ns / 1_000n) / 1_000,
  dateFromDays: (days: number): number => days * 86_400_000,
};

/** The footer of a month of ticks fits into this, so that it takes one read. */
const FOOTER_BYTES = 65_536;

/** Instants in milliseconds since the epoch; `to` is excluded. */
export type ParquetRange = { readonly column: string; readonly from: number; readonly to: number };

/** A Parquet file whose footer was read. */
export type ParquetFile = {
  readonly rowCount: number;
  readonly columns: readonly string[];
  /** The key-value metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * The rows in the order of the file, a row group at a time. Of a range only the groups are read that may have rows in it,
   * by their statistics; what lies outside is left out.
   */
  rows<S extends ParquetSchema>(schema: S, range?: ParquetRange): AsyncGenerator<readonly ParquetRow<S>[]>;
};

/**
 * Opens a Parquet file of this program or of another one: its footer is read, and the rows when they are asked for.
 *
 * @throws Error when it is no Parquet file, or a damaged one
 */
export async function openParquet(source: ByteSource): Promise<ParquetFile> {
  const file: AsyncBuffer = {
    byteLength: source.size,
    async slice(from, to = source.size) {
      const bytes = await source.read(from, to);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    },
  };
  const footer = await parquetMetadataAsync(file, {
    parsers: PARSERS,
    geoparquet: false,
    initialFetchSize: FOOTER_BYTES,
  });
  const metadata = Object.fromEntries(
    (footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']),
  );
  return {
    rowCount: Number(footer.num_rows),
    columns: topLevelColumns(footer),
    metadata,
    async *rows(schema, range) {
      let rowStart = 0;
      for (const group of footer.row_groups) {
        const rowEnd = rowStart + Number(group.num_rows);
        if (range === undefined || mayOverlap(group, range)) {
          const rows = await parquetReadObjects({
            file,
            metadata: footer,
            columns: schema.map(({ name }) => name),
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

function topLevelColumns({ schema }: FileMetaData): readonly string[] {
  const names: string[] = [];
  for (let index = 1; index < schema.length; index += 1 + descendants(schema, index)) {
    names.push(schema[index]?.name ?? '');
  }
  return names;
}

/** How many elements after this one belong to it: the schema is a tree, written depth first. */
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
  // Without statistics nobody knows.
  if (typeof min_value !== 'number' || typeof max_value !== 'number') return true;
  return min_value < to && max_value >= from;
}

function isWithin(at: unknown, { from, to }: ParquetRange): boolean {
  return typeof at === 'number' && at >= from && at < to;
}
