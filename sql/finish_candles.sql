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

create view ohlcv_daily_of_days as
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

-- Copies the grants on the materialized view to the view that replaces it.
do $$
declare
  allowed record;
begin
  for allowed in
    select
      what,
      case grantee when 0 then 'public' else grantee::regrole::text end as grantee,
      case when is_grantable then 'with grant option' else '' end as options
    from (
      select 'select' as what, relowner, (aclexplode(relacl)).* from pg_class where oid = 'ohlcv_daily'::regclass
      union all
      select format('select (%I)', attname), relowner, (aclexplode(attacl)).*
      from pg_attribute
      join pg_class on pg_class.oid = attrelid
      where attrelid = 'ohlcv_daily'::regclass
    ) as acl
    where privilege_type = 'SELECT' and grantee <> relowner
  loop
    execute format('grant %s on ohlcv_daily_of_days to %s %s', allowed.what, allowed.grantee, allowed.options);
  end loop;
end $$;

-- Without "cascade": if views of users depend on it or on the tables, this fails and changes nothing.
drop materialized view ohlcv_daily;
alter view ohlcv_daily_of_days rename to ohlcv_daily;
comment on view ohlcv_daily is 'Candles by UTC day, of one source each';
comment on column ohlcv_daily.traded is 'Sum of the amounts of its trades, in units of the coin; null where none is known';
comment on column ohlcv_daily.volume_24h is 'Rolling 24-hour volume at the closing tick, in the quote currency';

drop table candles_1m_to_move;
drop table candles_1h_to_move;
delete from moving where relation in ('candles_1m', 'candles_1h');
