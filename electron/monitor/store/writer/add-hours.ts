import type { ClientBase } from 'pg';
import { CANDLE_COLUMNS, fillDays, type SeriesDay } from './fill-days.ts';
import type { FoldedCandle } from './fold-candles.ts';
import { candleArrays, GIVEN_CANDLES, mergeInto } from './write-candles.ts';

/**
 * Merges hours of new ticks into those of the table, and what they add into their days. A day is recomputed from all its hours
 * only if merging is not enough: when an hour has its first trades, or polled prices that do not count beside its trades, or when
 * the day is new.
 *
 * @param hours sorted by series and time
 */
export async function addHours(client: ClientBase, hours: readonly FoldedCandle[]): Promise<void> {
  const { rows } = await client.query<DueDay>(ADD_HOURS, candleArrays(hours));
  const due = rows.map(({ series_id, day_ms }): SeriesDay => ({ seriesId: series_id, day: day_ms }));
  if (due.length > 0) await fillDays(client, due);
}

type DueDay = { readonly series_id: number; readonly day_ms: number };

/** The value of the earlier, or later, of two candles. */
const ofEarlier = (column: string): string =>
  `${column} = case when excluded.open_at < stored.open_at then excluded.${column} else stored.${column} end`;
const ofLater = (column: string): string =>
  `${column} = case when excluded.close_at > stored.close_at then excluded.${column} else stored.${column} end`;

/**
 * `adds_up`: the hour was new, or the existing and the new values are both of trades, or both of polled prices. When trades are
 * added to an hour without, the result has only the new values.
 */
const ADD_HOURS = `
  with given as (
    select * from ${GIVEN_CANDLES}
  ),
  merged as (
    ${mergeInto('series_candles_1h', 'given')}
    returning stored.series_id, stored.bucket, stored.tick_count, stored.traded
  ),
  added as (
    select
      given.*,
      date_bin('1 day', given.bucket, 'epoch') as day,
      merged.tick_count = given.tick_count
        or case when given.traded is null then merged.traded is null else merged.traded <> given.traded end
        as adds_up
    from given
    join merged on merged.series_id = given.series_id and merged.bucket = given.bucket
  ),
  by_day as (
    select
      series_id,
      day as bucket,
      (array_agg(open order by bucket))[1] as open,
      min(open_at) as open_at,
      max(high) as high,
      min(low) as low,
      (array_agg(close order by bucket))[count(*)] as close,
      max(close_at) as close_at,
      sum(tick_count)::integer as tick_count,
      (array_agg(volume_24h order by bucket))[count(*)] as volume_24h,
      sum(traded) as traded,
      bool_and(adds_up) as adds_up
    from added
    group by series_id, day
  ),
  days as (
    insert into series_candles_1d as stored (${CANDLE_COLUMNS})
    select ${CANDLE_COLUMNS} from by_day where adds_up order by 1, 2
    on conflict (series_id, bucket) do update set
      ${ofEarlier('open')},
      ${ofEarlier('open_at')},
      high = greatest(stored.high, excluded.high),
      low = least(stored.low, excluded.low),
      ${ofLater('close')},
      ${ofLater('volume_24h')},
      ${ofLater('close_at')},
      tick_count = stored.tick_count + excluded.tick_count,
      traded = case
        when excluded.traded is null then stored.traded
        else coalesce(stored.traded, 0) + excluded.traded
      end
    returning stored.series_id, stored.bucket, stored.tick_count
  )
  select by_day.series_id, extract(epoch from by_day.bucket)::double precision * 1000 as day_ms
  from by_day
  left join days on days.series_id = by_day.series_id and days.bucket = by_day.bucket
  where days.tick_count is null or days.tick_count = by_day.tick_count
  order by 1, 2`;
