-- The writer keeps the days, in the transaction that writes their ticks. So ohlcv_daily is a view on them, which is always current. A
-- materialized view is a second copy, as old as its last refresh, and a refresh computes all days of all coins again.

-- By it, queries on the view find a day of all coins, or of one, without reading the others. Days of a coin are read from the key.
create index series_candles_1d_day on series_candles_1d (((bucket at time zone 'UTC')::date), series_id);

comment on table series_candles_1d is 'Day candles (UTC) by series; read the view ohlcv_daily';

do $$
declare
  allowed record;
begin
  -- While candles of an earlier version are to be copied, its days are read where they are, and finish_candles.sql does this.
  if to_regclass('candles_1h_to_move') is not null then
    return;
  end if;
  -- In a database that is made by a restore of an earlier version's backup, it has done so already.
  if not exists (select from pg_class where oid = 'ohlcv_daily'::regclass and relkind = 'm') then
    return;
  end if;

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

  -- Whoever was allowed to read that one shall be allowed to read this one.
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

  -- Without "cascade": if views of users depend on it, this fails and changes nothing.
  drop materialized view ohlcv_daily;
  alter view ohlcv_daily_of_days rename to ohlcv_daily;

  comment on view ohlcv_daily is 'Candles by UTC day, of one source each';
  comment on column ohlcv_daily.traded is 'Sum of the amounts of its trades, in units of the coin; null where none is known';
  comment on column ohlcv_daily.volume_24h is 'Rolling 24-hour volume at the closing tick, in the quote currency';
end $$;

drop function refresh_ohlcv_daily();
