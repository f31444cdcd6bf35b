import zlib from 'node:zlib';
import type { ColumnChunk } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { GROUP_CHECKSUMS, type GroupChecksum, sealFooter, UNSEALED } from './checked-footer.ts';
import { type ColumnBuffer, createColumnBuffer } from './column-buffer.ts';
import {
  type ParquetRow,
  type ParquetSchema,
  type ParquetValue,
  physicalElements,
  schemaElements,
} from './parquet-schema.ts';
import { compressZstd } from './zstd.ts';

/** Takes the bytes of a file in order; resolves when it can take more. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

/** Rows are read and pruned by groups of at most so many; as many are kept in memory while a file is written. */
export const ROWS_PER_GROUP = 65_536;

export type ParquetFileOptions<S extends ParquetSchema> = {
  readonly schema: S;
  readonly sink: ByteSink;
  /** Stands in the file beside the rows, as key-value metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Rows with different values of this never share a row group: the day of a tick, for example. */
  readonly groupBy?: (row: ParquetRow<S>) => number | string;
  readonly rowsPerGroup?: number;
};

/** A Parquet file that is being written. */
export type ParquetFileWriter<S extends ParquetSchema> = {
  /** Adds rows, in the order in which they are read later. Resolves when the sink has taken the groups that are full. */
  append(rows: Iterable<ParquetRow<S>>): Promise<void>;
  /** Where the values of a row are pushed, in the order of the schema, before `endRow`. An alternative to `append`. */
  readonly columns: readonly ColumnBuffer[];
  /** Gives what is to be awaited before the next row when the group is full, else null. */
  endRow(): Promise<void> | null;
  /**
   * Writes what is left, and the end of the file, without which it cannot be read. Metadata that is known only now, such as the
   * number of rows, is added to that of the options.
   */
  finish(
    metadata?: Readonly<Record<string, string>>,
  ): Promise<{ readonly rows: number; readonly bytes: number }>;
};

/**
 * Writes a Parquet file as a stream, compressed with zstd, in memory for one row group whatever its length. A group of 65,536
 * ticks takes some 80 ms to encode, in one go. Row groups and the footer have checksums (`checked-footer.ts`).
 */
export function createParquetWriter<const S extends ParquetSchema>(
  options: ParquetFileOptions<S>,
): ParquetFileWriter<S> {
  const { schema, sink, groupBy, rowsPerGroup = ROWS_PER_GROUP } = options;
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    // Values are given in their physical types. hyparquet-writer would convert those of logical types one by one.
    schema: physicalElements(schema),
    codec: 'ZSTD',
    compressors: { ZSTD: compressZstd },
    createdBy: 'Crypto Price Monitor',
  });
  const columns = schema.map((column) => ({
    name: column.name as keyof ParquetRow<S> & string,
    // Sorted times are some bits each as differences.
    ...(column.type === 'timestamp' && { encoding: 'DELTA_BINARY_PACKED' as const }),
    buffer: createColumnBuffer(column, rowsPerGroup),
  }));
  let groupRows = 0;
  let groupKey: number | string | undefined;
  let rowCount = 0;
  const checksums: GroupChecksum[] = [];
  let drained = 0;

  const take = (): Uint8Array => {
    const taken = bytes.getBytes().slice();
    bytes.index = 0;
    return taken;
  };

  /** What columns do not write themselves, hyparquet-writer does. */
  const writeGroup = (): void => {
    const rows = BigInt(groupRows);
    const own = new Map<string, ColumnChunk>();
    for (const { name, buffer } of columns) {
      const chunk = buffer.write(bytes);
      if (chunk !== null) own.set(name, chunk);
    }
    const others = columns.filter(({ name }) => !own.has(name));
    const columnData = others.map(({ buffer, ...column }) => ({ ...column, data: buffer.take() }));
    if (others.length > 0) file.write({ columnData, rowGroupSize: groupRows });
    else {
      file.row_groups.push({ columns: [], total_byte_size: 0n, num_rows: rows });
      file.num_rows += rows;
    }
    const group = file.row_groups.at(-1);
    if (group === undefined) throw new Error('A row group was not written.');
    const written = group.columns.values();
    group.columns = columns.flatMap(({ name }) => own.get(name) ?? written.next().value ?? []);
    group.total_byte_size = sumOf(group.columns, 'total_uncompressed_size');
    group.total_compressed_size = sumOf(group.columns, 'total_compressed_size');
  };

  const endGroup = async (): Promise<void> => {
    if (groupRows === 0) return;
    writeGroup();
    rowCount += groupRows;
    groupRows = 0;
    const taken = take();
    checksums.push([drained, taken.length, zlib.crc32(taken)]);
    drained += taken.length;
    await sink(taken);
  };

  return {
    columns: columns.map(({ buffer }) => buffer),
    endRow() {
      groupRows += 1;
      return groupRows < rowsPerGroup ? null : endGroup();
    },
    async append(rows) {
      for (const row of rows) {
        const key = groupBy?.(row);
        if (groupRows >= rowsPerGroup || key !== groupKey) await endGroup();
        groupKey = key;
        for (const { name, buffer } of columns) buffer.push(row[name] as ParquetValue);
        groupRows += 1;
      }
    },
    async finish(metadata = {}) {
      await endGroup();
      const kept = {
        ...options.metadata,
        ...metadata,
        [GROUP_CHECKSUMS]: JSON.stringify(checksums),
        ...UNSEALED,
      };
      file.kvMetadata = Object.entries(kept).map(([key, value]) => ({ key, value }));
      file.schema = schemaElements(schema);
      file.finish();
      const end = take();
      sealFooter(end);
      await sink(end);
      return { rows: rowCount, bytes: bytes.offset };
    },
  };
}

function sumOf(
  chunks: readonly ColumnChunk[],
  size: 'total_uncompressed_size' | 'total_compressed_size',
): bigint {
  return chunks.reduce((sum, { meta_data }) => sum + (meta_data?.[size] ?? 0n), 0n);
}
