-- Runs when all candles are copied: computes the days, and redefines the public views on the new tables.
insert into series_candles_1d (
  series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
)
select
  series_id,
  date_bin('1 day', bucket, 'epoch'),
  (array_agg(open order by open_at))[1],
  min(open_at),
  max(high),
  min(low),
  (array_agg(close order by close_at desc))[1],
  max(close_at),
  sum(tick_count),
  (array_agg(volume_24h order by close_at desc))[1],
  sum(traded)
from series_candles_1h
group by 1, 2
on conflict do nothing;

create or replace view candles_1m as
select
  coin_id, vs_currency, source, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
from series_candles_1m
join series on series.id = series_candles_1m.series_id;

create or replace view candles_1h as
select
  coin_id, vs_currency, source, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
from series_candles_1h
join series on series.id = series_candles_1h.series_id;

create materialized view ohlcv_daily_by_series as
select
  coin_id,
  vs_currency,
  source,
  (bucket at time zone 'UTC')::date as day,
  open,
  high,
  low,
  close,
  tick_count::bigint as tick_count,
  volume_24h,
  traded,
  open_at,
  close_at
from series_candles_1d
join series on series.id = series_candles_1d.series_id;

do $$
declare
  reader text;
begin
  for reader in
    select case grantee when 0 then 'public' else grantee::regrole::text end
    from pg_class, aclexplode(relacl)
    where oid = 'ohlcv_daily'::regclass and privilege_type = 'SELECT' and grantee <> relowner
  loop
    execute format('grant select on ohlcv_daily_by_series to %s', reader);
  end loop;
end $$;

-- Without "cascade": if views of users depend on it or on the tables, this fails and changes nothing.
drop materialized view ohlcv_daily;
alter materialized view ohlcv_daily_by_series rename to ohlcv_daily;

-- Refreshing concurrently, without locking readers out, needs a unique index.
create unique index ohlcv_daily_key on ohlcv_daily (coin_id, vs_currency, day, source);
comment on materialized view ohlcv_daily is 'Candles by UTC day, of one source each, as of the last refresh';

drop table candles_1m_to_move;
drop table candles_1h_to_move;
delete from moving where relation in ('candles_1m', 'candles_1h');
