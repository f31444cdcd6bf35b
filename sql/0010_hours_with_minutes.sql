-- The writer adds new ticks to hours as it does to minutes, in the same transaction, and computes the days of these hours. Before, it
-- computed hours from their minutes when nothing waited to be written, and noted in hours_due which were left. These are computed here.
insert into series_candles_1h (
  series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
)
select
  series_id,
  hour,
  (array_agg(open order by open_at) filter (where counts))[1],
  min(open_at) filter (where counts),
  max(high) filter (where counts),
  min(low) filter (where counts),
  (array_agg(close order by close_at desc) filter (where counts))[1],
  max(close_at) filter (where counts),
  sum(tick_count)::integer,
  (array_agg(volume_24h order by close_at desc) filter (where counts))[1],
  sum(traded)
from (
  select
    minutes.*,
    due.hour,
    -- Where there are minutes with trades, prices are those of trades.
    traded is not null or not bool_or(traded is not null) over (partition by due.series_id, due.hour) as counts
  from hours_due as due
  join series_candles_1m as minutes
    on minutes.series_id = due.series_id and minutes.bucket >= due.hour and minutes.bucket < due.hour + interval '1 hour'
) as minutes
group by series_id, hour
on conflict (series_id, bucket) do update set
  open = excluded.open,
  open_at = excluded.open_at,
  high = excluded.high,
  low = excluded.low,
  close = excluded.close,
  close_at = excluded.close_at,
  tick_count = excluded.tick_count,
  volume_24h = excluded.volume_24h,
  traded = excluded.traded;

insert into series_candles_1d (
  series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
)
select
  hours.series_id,
  due.day,
  (array_agg(open order by open_at))[1],
  min(open_at),
  max(high),
  min(low),
  (array_agg(close order by close_at desc))[1],
  max(close_at),
  sum(tick_count)::integer,
  (array_agg(volume_24h order by close_at desc))[1],
  sum(traded)
from (select distinct series_id, date_bin('1 day', hour, 'epoch') as day from hours_due) as due
join series_candles_1h as hours
  on hours.series_id = due.series_id and hours.bucket >= due.day and hours.bucket < due.day + interval '1 day'
group by hours.series_id, due.day
on conflict (series_id, bucket) do update set
  open = excluded.open,
  open_at = excluded.open_at,
  high = excluded.high,
  low = excluded.low,
  close = excluded.close,
  close_at = excluded.close_at,
  tick_count = excluded.tick_count,
  volume_24h = excluded.volume_24h,
  traded = excluded.traded;

drop table hours_due;
