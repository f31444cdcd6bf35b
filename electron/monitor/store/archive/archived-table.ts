import { CANDLE_SCHEMA, type ParquetRow, TICK_SCHEMA } from '../parquet/parquet-schema.ts';
import { PARTITIONED_TABLES, type PartitionedTable } from '../partitions/partitioned-table.ts';

export type TickRow = ParquetRow<typeof TICK_SCHEMA>;
export type CandleRow = ParquetRow<typeof CANDLE_SCHEMA>;
export type ArchivedRow = TickRow | CandleRow;

/** A partitioned table that can be archived. */
export type ArchivedTable = {
  readonly partitioned: PartitionedTable;
  /** The public name of the table and the first folder of its files. */
  readonly name: 'ticks' | 'candles_1m';
  readonly schema: typeof TICK_SCHEMA | typeof CANDLE_SCHEMA;
  /** The time of a row: its key within a series. */
  timeOf(row: ArchivedRow): number;
  /**
   * Merges a row that was written after its month was archived into the archived row with the same key. Returns the archived row
   * itself when the late row adds nothing.
   */
  merge(archived: ArchivedRow, late: ArchivedRow): ArchivedRow;
};

const [TICKS, CANDLES] = PARTITIONED_TABLES;
if (TICKS === undefined || CANDLES === undefined) throw new Error('Ticks and minutes are partitioned.');

export const ARCHIVED_TICKS: ArchivedTable = {
  partitioned: TICKS,
  name: 'ticks',
  schema: TICK_SCHEMA,
  timeOf: (row) => (row as TickRow).observed_at,
  // A tick with the same key is the same tick.
  merge: (archived) => archived,
};

export const ARCHIVED_CANDLES: ArchivedTable = {
  partitioned: CANDLES,
  name: 'candles_1m',
  schema: CANDLE_SCHEMA,
  timeOf: (row) => (row as CandleRow).bucket,
  merge: (archived, late) => mergeCandles(archived as CandleRow, late as CandleRow),
};

export const ARCHIVED_TABLES: readonly ArchivedTable[] = [ARCHIVED_TICKS, ARCHIVED_CANDLES];

/**
 * Merges two candles of one minute that come from different ticks, as the writer does in the table. Open and close are decided by
 * time; a candle of trades takes precedence over one of polled prices.
 */
function mergeCandles(a: CandleRow, b: CandleRow): CandleRow {
  const together = {
    tick_count: a.tick_count + b.tick_count,
    traded: a.traded === null ? b.traded : a.traded + (b.traded ?? 0),
  };
  if ((a.traded === null) !== (b.traded === null)) return { ...(a.traded === null ? b : a), ...together };
  const [first, last] = [b.open_at < a.open_at ? b : a, b.close_at > a.close_at ? b : a];
  return {
    bucket: a.bucket,
    open: first.open,
    open_at: first.open_at,
    high: Math.max(a.high, b.high),
    low: Math.min(a.low, b.low),
    close: last.close,
    close_at: last.close_at,
    volume_24h: last.volume_24h,
    ...together,
  };
}
