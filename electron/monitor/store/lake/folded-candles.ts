/** What a series is known by. */
export const SERIES = 'source, coin_id, vs_currency';

export type CandleFold = {
  /** A query of the shorter candles. */
  readonly from: string;
  /** Of which bucket a shorter candle is. */
  readonly bucket: string;
  /** The name that the bucket gets. */
  readonly as: string;
  /** The function that gives the last value even where it is null: `arg_max_null` of DuckDB, `max_by` of Athena. */
  readonly lastOrNull: string;
};

/**
 * SQL that makes candles of a longer time from those of a shorter, as the program does: where there are some with trades, prices are
 * those of trades. DuckDB and Athena (Trino) understand it alike.
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
