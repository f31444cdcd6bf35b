import type { DecodedArray } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { type ParquetColumn, type ParquetRow, type ParquetSchema, schemaElements } from './parquet-schema.ts';
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
 * ticks takes some 80 ms to encode, in one go.
 */
export function createParquetWriter<const S extends ParquetSchema>(
  options: ParquetFileOptions<S>,
): ParquetFileWriter<S> {
  const { schema, sink, groupBy, rowsPerGroup = ROWS_PER_GROUP } = options;
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: schemaElements(schema),
    codec: 'ZSTD',
    compressors: { ZSTD: compressZstd },
    createdBy: 'Crypto Price Monitor',
  });
  let group: ParquetRow<S>[] = [];
  let groupKey: number | string | undefined;
  let rowCount = 0;

  const drain = async (): Promise<void> => {
    const taken = bytes.getBytes().slice();
    bytes.index = 0;
    if (taken.length > 0) await sink(taken);
  };

  const endGroup = async (): Promise<void> => {
    if (group.length === 0) return;
    const rows = group;
    group = [];
    rowCount += rows.length;
    file.write({ columnData: schema.map((column) => columnOf(column, rows)), rowGroupSize: rows.length });
    await drain();
  };

  return {
    async append(rows) {
      for (const row of rows) {
        const key = groupBy?.(row);
        if (group.length >= rowsPerGroup || key !== groupKey) await endGroup();
        groupKey = key;
        group.push(row);
      }
    },
    async finish(metadata = {}) {
      await endGroup();
      file.kvMetadata = Object.entries({ ...options.metadata, ...metadata }).map(([key, value]) => ({
        key,
        value,
      }));
      file.finish();
      await drain();
      return { rows: rowCount, bytes: bytes.offset };
    },
  };
}

function columnOf<S extends ParquetSchema>(
  column: ParquetColumn,
  rows: readonly ParquetRow<S>[],
): ColumnSource {
  const name = column.name as keyof ParquetRow<S>;
  const values = rows.map((row) => row[name] as number | string | null);
  if (column.type !== 'timestamp') return { name: column.name, data: values };
  return {
    name: column.name,
    data: microseconds(values as (number | null)[]),
    encoding: 'DELTA_BINARY_PACKED',
  };
}

/** Sorted times are some bits each as differences. */
function microseconds(values: readonly (number | null)[]): DecodedArray {
  return values.map((ms) => (ms === null ? null : BigInt(Math.round(ms * 1_000))));
}
