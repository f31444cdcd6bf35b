/** An aggregate over the minutes with trades if there are any, otherwise over all minutes. */
function ofTrades(call: string): string {
  return `case when bool_or(traded is not null)
        then ${call} filter (where traded is not null) else ${call} end`;
}

/**
 * Computes hours from their minutes, for a relation `due` of series and hours. A lateral join looks up the minutes of each hour
 * by the key, however many hours there are. The first and the last minute are looked up in the same way instead of sorting all;
 * `limit` prevents the planner from joining whole tables.
 */
export const HOURS_OF_DUE = `
  select
    due.series_id, due.hour as bucket, first.open, folded.open_at, high, low, last.close, folded.close_at, tick_count,
    last.volume_24h, traded
  from due
  cross join lateral (
    select
      ${ofTrades('min(open_at)')} as open_at,
      ${ofTrades('max(high)')} as high,
      ${ofTrades('min(low)')} as low,
      ${ofTrades('max(close_at)')} as close_at,
      sum(tick_count)::integer as tick_count,
      sum(traded) as traded
    from series_candles_1m as minutes
    where minutes.series_id = due.series_id
      and minutes.bucket >= due.hour and minutes.bucket < due.hour + interval '1 hour'
  ) as folded
  cross join lateral (
    select open from series_candles_1m as minutes
    where minutes.series_id = due.series_id and minutes.bucket = date_bin('1 minute', folded.open_at, 'epoch')
    limit 1
  ) as first
  cross join lateral (
    select close, volume_24h from series_candles_1m as minutes
    where minutes.series_id = due.series_id and minutes.bucket = date_bin('1 minute', folded.close_at, 'epoch')
    limit 1
  ) as last`;
