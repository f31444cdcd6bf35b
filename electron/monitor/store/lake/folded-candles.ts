/** The columns that identify a series. */
export const SERIES = 'source, coin_id, vs_currency';

export type CandleFold = {
  /** A query of the finer candles. */
  readonly from: string;
  /** The expression for the bucket of a finer candle. */
  readonly bucket: string;
  /** The name of the bucket's column. */
  readonly as: string;
  /** The function that returns the last value even if it is null: `arg_max_null` in DuckDB, `max_by` in Athena. */
  readonly lastOrNull: string;
};

/**
 * Returns SQL for DuckDB and Athena (Trino) that computes candles from finer ones, as the program does: if any have trades, only
 * these contribute prices.
 */
export const foldedCandles = ({ from, bucket, as, lastOrNull }: CandleFold): string => `select
  ${SERIES},
  ${as},
  min_by(open, open_at) filter (where counts) as open,
  min(open_at) filter (where counts) as open_at,
  max(high) filter (where counts) as high,
  min(low) filter (where counts) as low,
  max_by(close, close_at) filter (where counts) as close,
  max(close_at) filter (where counts) as close_at,
  cast(sum(tick_count) as bigint) as tick_count,
  ${lastOrNull}(volume_24h, close_at) filter (where counts) as volume_24h,
  sum(traded) as traded
from (
  select
    *,
    ${bucket} as ${as},
    traded is not null or not bool_or(traded is not null) over (partition by ${SERIES}, ${bucket}) as counts
  from (${from}) as shorter
) as marked
group by ${SERIES}, ${as}`;
