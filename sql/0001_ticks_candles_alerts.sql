-- Every price that was observed. The key is what makes writing a tick twice harmless. It leads with what queries give
-- (coin, currency, time), so that ranges over all sources of a coin are one stretch of the index.
create table ticks (
  coin_id text not null,
  vs_currency text not null,
  observed_at timestamptz not null,
  price double precision not null,
  volume_24h double precision,
  market_cap double precision,
  source text not null,
  primary key (coin_id, vs_currency, observed_at, source)
);

-- Candles by minute and by hour, kept by the writer in the transaction that writes the ticks. open_at and close_at are
-- the times of the first and last tick: with them a late tick finds its place without reading ticks again.
-- volume_24h is the rolling 24-hour volume at the closing tick, not what was traded within the bucket.
-- A candle is updated many times while its bucket is the present one; room on the page keeps those updates off the index.
create table candles_1m (
  coin_id text not null,
  vs_currency text not null,
  source text not null,
  bucket timestamptz not null,
  open double precision not null,
  open_at timestamptz not null,
  high double precision not null,
  low double precision not null,
  close double precision not null,
  close_at timestamptz not null,
  tick_count integer not null,
  volume_24h double precision,
  primary key (coin_id, vs_currency, bucket, source)
) with (fillfactor = 80);

create table candles_1h (
  coin_id text not null,
  vs_currency text not null,
  source text not null,
  bucket timestamptz not null,
  open double precision not null,
  open_at timestamptz not null,
  high double precision not null,
  low double precision not null,
  close double precision not null,
  close_at timestamptz not null,
  tick_count integer not null,
  volume_24h double precision,
  primary key (coin_id, vs_currency, bucket, source)
) with (fillfactor = 80);

-- One candle per UTC day, from the hourly ones, so that a refresh costs the same however many ticks an hour has.
create materialized view ohlcv_daily as
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
  (array_agg(volume_24h order by close_at desc))[1] as volume_24h
from candles_1h
group by coin_id, vs_currency, source, day;

-- Refreshing concurrently, without locking readers out, needs a unique index.
create unique index ohlcv_daily_key on ohlcv_daily (coin_id, vs_currency, day, source);

create table alerts (
  id text primary key,
  rule text not null,
  coin_id text not null,
  vs_currency text not null,
  source text not null,
  -- The tick that crossed, not when the alert was told or written.
  observed_at timestamptz not null,
  price double precision not null,
  message text not null,
  figures jsonb not null,
  created_at timestamptz not null default now()
);

-- Pages of alerts, newest first. Ids are compared byte by byte, as the program does, whatever the database's collation.
create index alerts_newest on alerts (observed_at desc, (id collate "C") desc);
