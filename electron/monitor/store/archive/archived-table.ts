import { CANDLE_SCHEMA, type ParquetRow, TICK_SCHEMA } from '../parquet/parquet-schema.ts';
import { PARTITIONED_TABLES, type PartitionedTable } from '../partitions/partitioned-table.ts';

export type TickRow = ParquetRow<typeof TICK_SCHEMA>;
export type CandleRow = ParquetRow<typeof CANDLE_SCHEMA>;
export type ArchivedRow = TickRow | CandleRow;

/** A partitioned table as it is archived. */
export type ArchivedTable = {
  readonly partitioned: PartitionedTable;
  /** The name that people know it by; the first folder of its files. */
  readonly name: 'ticks' | 'candles_1m';
  readonly schema: typeof TICK_SCHEMA | typeof CANDLE_SCHEMA;
  /** When a row is of: its key within a series. */
  timeOf(row: ArchivedRow): number;
  /**
   * What a row that came after its month was archived makes of the archived one with the same key; the archived one itself
   * when it adds nothing.
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
  // A tick that comes again is the same tick.
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
 * Two candles of one minute, of different ticks, as one: as the writer merges them in the table. Times decide about open and
 * close; a candle of trades counts in place of one of prices that were asked for.
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
