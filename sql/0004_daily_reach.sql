-- The times of the first and the last tick of a day, by which a reader knows how much of the day a source has measured: trades
-- of its last hour are not the whole day, where another source was asked all day.
-- A materialized view takes no new column, so it is made anew, under another name until the old one is gone, since
-- whoever was allowed to read that one shall be allowed to read this one.
create materialized view ohlcv_daily_with_reach as
select
  coin_id,
  vs_currency,
  source,
  (bucket at time zone 'UTC')::date as day,
  (array_agg(open order by open_at))[1] as open,
  max(high) as high,
  min(low) as low,
  (array_agg(close order by close_at desc))[1] as close,
  sum(tick_count)::bigint as tick_count,
  (array_agg(volume_24h order by close_at desc))[1] as volume_24h,
  sum(traded) as traded,
  min(open_at) as open_at,
  max(close_at) as close_at
from candles_1h
group by coin_id, vs_currency, source, day;

do $$
declare
  reader text;
begin
  for reader in
    select case grantee when 0 then 'public' else grantee::regrole::text end
    from pg_class, aclexplode(relacl)
    where oid = 'ohlcv_daily'::regclass and privilege_type = 'SELECT' and grantee <> relowner
  loop
    execute format('grant select on ohlcv_daily_with_reach to %s', reader);
  end loop;
end $$;

-- Where somebody built a view upon it, this fails rather than take that away: nothing is changed, and nothing is lost.
drop materialized view ohlcv_daily;
alter materialized view ohlcv_daily_with_reach rename to ohlcv_daily;

-- Refreshing concurrently, without locking readers out, needs a unique index.
create unique index ohlcv_daily_key on ohlcv_daily (coin_id, vs_currency, day, source);
