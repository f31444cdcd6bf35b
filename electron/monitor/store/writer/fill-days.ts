import type { ClientBase } from 'pg';
import { int4Array, timestamptzArray } from '../binary/binary-array.ts';

/** A day (UTC) of a series; `day` is its start in milliseconds since the epoch. */
export type SeriesDay = { readonly seriesId: number; readonly day: number };

/** Recomputes days from all of their hours. */
export async function fillDays(client: ClientBase, days: readonly SeriesDay[]): Promise<void> {
  await client.query(FILL_DAYS, [
    int4Array(days.map(({ seriesId }) => seriesId)),
    timestamptzArray(days.map(({ day }) => day)),
  ]);
}

/** New values replace existing ones, because they are computed from all finer candles. */
export const REPLACE_CANDLE = `
  on conflict (series_id, bucket) do update set
    open = excluded.open,
    open_at = excluded.open_at,
    high = excluded.high,
    low = excluded.low,
    close = excluded.close,
    close_at = excluded.close_at,
    tick_count = excluded.tick_count,
    volume_24h = excluded.volume_24h,
    traded = excluded.traded`;

export const CANDLE_COLUMNS =
  'series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded';

/**
 * Computes days from their hours, for a relation `due` of series and days. All hours are used, including those without trades, in
 * which prices were polled because there was no connection. Their order is that of the key, so that the server (16 or later)
 * sorts nothing.
 */
export const DAYS_OF_DUE = `
  select due.series_id, due.day as bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
  from due
  cross join lateral (
    select
      (array_agg(open order by bucket))[1] as open,
      min(open_at) as open_at,
      max(high) as high,
      min(low) as low,
      (array_agg(close order by bucket))[count(*)] as close,
      max(close_at) as close_at,
      (array_agg(volume_24h order by bucket))[count(*)] as volume_24h,
      sum(tick_count)::integer as tick_count,
      sum(traded) as traded
    from series_candles_1h as hours
    where hours.series_id = due.series_id
      and hours.bucket >= due.day and hours.bucket < due.day + interval '1 day'
  ) as folded
  where tick_count is not null`;

const FILL_DAYS = `
  with due as (
    select series_id, day from unnest($1::integer[], $2::timestamptz[]) as given (series_id, day)
  )
  insert into series_candles_1d (${CANDLE_COLUMNS})
  ${DAYS_OF_DUE}
  order by 1, 2
  ${REPLACE_CANDLE}`;
