import type { ClientBase } from 'pg';
import { int4Array, timestamptzArray } from '../binary/binary-array.ts';
import type { MinuteCandle } from './fold-candles.ts';

const HOUR_MS = 3_600_000;

/** Hours that are filled in one transaction: a second's work. */
const HOURS_AT_A_TIME = 5_000;

/** An hour of a series, some minutes of which were written. */
export type DueHour = { readonly seriesId: number; readonly hour: number };

/** The hours of minute candles that are sorted by series and time, each once. */
export function hoursOf(candles: readonly MinuteCandle[]): DueHour[] {
  const hours: DueHour[] = [];
  for (const { series, bucket } of candles) {
    const hour = Math.floor(bucket / HOUR_MS) * HOUR_MS;
    const last = hours.at(-1);
    if (last?.seriesId !== series.id || last.hour !== hour) hours.push({ seriesId: series.id, hour });
  }
  return hours;
}

/** Notes hours that are to be filled later. */
export async function noteDueHours(client: ClientBase, hours: readonly DueHour[]): Promise<void> {
  await client.query(
    `insert into hours_due (series_id, hour)
     select series_id, hour from unnest($1::integer[], $2::timestamptz[]) as given (series_id, hour)
     on conflict do nothing`,
    arraysOf(hours),
  );
}

/** Computes hours from their minutes, and the days that they belong to from their hours. */
export async function fillHours(client: ClientBase, hours: readonly DueHour[]): Promise<void> {
  await client.query(FILL_HOURS, arraysOf(hours));
  await client.query(FILL_DAYS, arraysOf(hours));
}

/** Fills some of the hours that were noted, and says whether more may be left. */
export async function fillDueHours(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ series_id: number; hour_ms: number }>(TAKE_DUE, [HOURS_AT_A_TIME]);
  if (rows.length === 0) return false;
  await fillHours(
    client,
    rows.map(({ series_id, hour_ms }) => ({ seriesId: series_id, hour: hour_ms })),
  );
  return rows.length === HOURS_AT_A_TIME;
}

function arraysOf(hours: readonly DueHour[]): Buffer[] {
  return [int4Array(hours.map(({ seriesId }) => seriesId)), timestamptzArray(hours.map(({ hour }) => hour))];
}

const TAKE_DUE = `
  delete from hours_due
  where (series_id, hour) in (select series_id, hour from hours_due order by series_id, hour limit $1)
  returning series_id, extract(epoch from hour)::double precision * 1000 as hour_ms`;

/** Later values replace those that are there: they come from all that the finer candles hold. */
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

/** An aggregate over the minutes with trades where any has some, over all of them otherwise. */
function ofTrades(call: string): string {
  return `case when bool_or(traded is not null)
        then ${call} filter (where traded is not null) else ${call} end`;
}

/**
 * Hours from their minutes, for relation `due` of series and hours. Laterally, so that the minutes of each hour are looked up by
 * the key, however many hours there are. The first and the last minute are looked up by it, too, rather than by sorting all of
 * them; `limit` keeps the planner from joining whole tables.
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

const FILL_HOURS = `
  with due as (
    select distinct series_id, hour from unnest($1::integer[], $2::timestamptz[]) as given (series_id, hour)
  )
  insert into series_candles_1h (${CANDLE_COLUMNS})
  ${HOURS_OF_DUE}
  order by 1, 2
  ${REPLACE_CANDLE}`;

/**
 * Days from their hours, for relation `due` of series and days. Of hours all count, also those without trades: in these, prices
 * were asked for because there was no connection.
 */
export const DAYS_OF_DUE = `
  select due.series_id, due.day as bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
  from due
  cross join lateral (
    select
      (array_agg(open order by open_at))[1] as open,
      min(open_at) as open_at,
      max(high) as high,
      min(low) as low,
      (array_agg(close order by close_at desc))[1] as close,
      max(close_at) as close_at,
      (array_agg(volume_24h order by close_at desc))[1] as volume_24h,
      sum(tick_count)::integer as tick_count,
      sum(traded) as traded
    from series_candles_1h as hours
    where hours.series_id = due.series_id
      and hours.bucket >= due.day and hours.bucket < due.day + interval '1 day'
  ) as folded
  where tick_count is not null`;

const FILL_DAYS = `
  with due as (
    select distinct series_id, date_bin('1 day', hour, 'epoch') as day
    from unnest($1::integer[], $2::timestamptz[]) as given (series_id, hour)
  )
  insert into series_candles_1d (${CANDLE_COLUMNS})
  ${DAYS_OF_DUE}
  order by 1, 2
  ${REPLACE_CANDLE}`;
