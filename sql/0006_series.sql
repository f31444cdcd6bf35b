-- Ticks and candles by series: a tick is a row of 60 to 70 bytes instead of twice as many, and its key is appended to at one
-- end. The tables of before are renamed; the program copies them, see store/moving. The names that people use become views.

-- A coin in a quote currency from one source. Ticks and candles refer to it by its id; there is no foreign key, which would
-- be checked for every tick. Rows are never deleted.
create table series (
  id integer generated always as identity primary key,
  coin_id text not null,
  vs_currency text not null,
  source text not null,
  unique (coin_id, vs_currency, source)
);

-- Every price that was observed, by month. The key is what makes writing a tick twice harmless. It leads with the time, so that
-- new ticks go to its end.
create table series_ticks (
  observed_at timestamptz not null,
  series_id integer not null,
  price double precision not null,
  volume_24h double precision,
  market_cap double precision,
  amount double precision,
  primary key (observed_at, series_id)
) partition by range (observed_at);

-- The program makes partitions ahead of time. What has none is kept here, and moved when it has one.
create table series_ticks_default partition of series_ticks default;

-- Candles by minute, kept by the writer in the transaction that writes the ticks. open_at and close_at are the times of the
-- first and the last tick that prices come from: with them a late tick finds its place without reading ticks again.
-- A candle is updated many times while its bucket is the present one; room on the page keeps those updates off the index.
create table series_candles_1m (
  series_id integer not null,
  tick_count integer not null,
  bucket timestamptz not null,
  open double precision not null,
  open_at timestamptz not null,
  high double precision not null,
  low double precision not null,
  close double precision not null,
  close_at timestamptz not null,
  volume_24h double precision,
  traded double precision,
  primary key (series_id, bucket)
) partition by range (bucket);

create table series_candles_1m_default partition of series_candles_1m default with (fillfactor = 80);

-- Hours are computed from minutes and days from hours, when the writer has written all that waits.
create table series_candles_1h (
  series_id integer not null,
  tick_count integer not null,
  bucket timestamptz not null,
  open double precision not null,
  open_at timestamptz not null,
  high double precision not null,
  low double precision not null,
  close double precision not null,
  close_at timestamptz not null,
  volume_24h double precision,
  traded double precision,
  primary key (series_id, bucket)
) with (fillfactor = 80);

create table series_candles_1d (
  series_id integer not null,
  tick_count integer not null,
  bucket timestamptz not null,
  open double precision not null,
  open_at timestamptz not null,
  high double precision not null,
  low double precision not null,
  close double precision not null,
  close_at timestamptz not null,
  volume_24h double precision,
  traded double precision,
  primary key (series_id, bucket)
) with (fillfactor = 80);

-- Hours whose minutes were written since the hour was computed.
create table hours_due (
  series_id integer not null,
  hour timestamptz not null,
  primary key (series_id, hour)
);

-- How far the copying of an earlier version's table has come, in pages of 8 kB.
create table moving (
  relation text primary key,
  pages bigint not null,
  pages_done bigint not null default 0,
  -- After the newest tick in the table: what is written of a later time cannot be there.
  newest timestamptz
);

alter table ticks rename to ticks_to_move;
alter table candles_1m rename to candles_1m_to_move;
alter table candles_1h rename to candles_1h_to_move;

insert into series (coin_id, vs_currency, source)
select coin_id, vs_currency, source from candles_1h_to_move
group by 1, 2, 3
order by 1, 2, 3;

insert into moving (relation, pages, newest)
select name, pg_relation_size(relation::regclass) / current_setting('block_size')::bigint, newest
from (
  values
    ('candles_1m', 'candles_1m_to_move', null::timestamptz),
    ('candles_1h', 'candles_1h_to_move', null),
    ('ticks', 'ticks_to_move', (select max(bucket) + interval '1 hour' from candles_1h_to_move))
) as given (name, relation, newest)
where exists (select from candles_1h_to_move) or exists (select from ticks_to_move);

-- What is not copied yet is read where it is.
create view ticks as
select coin_id, vs_currency, observed_at, price, volume_24h, market_cap, amount, source
from series_ticks
join series on series.id = series_ticks.series_id
union all
select coin_id, vs_currency, observed_at, price, volume_24h, market_cap, amount, source
from ticks_to_move
where ctid >= (select ('(' || pages_done || ',0)')::tid from moving where relation = 'ticks');

-- No candle is written before all are copied.
create view candles_1m as
select
  coin_id, vs_currency, source, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
from candles_1m_to_move;

create view candles_1h as
select
  coin_id, vs_currency, source, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
from candles_1h_to_move;

-- Whoever was allowed to read or write the tables of before shall be allowed it of these.
do $$
declare
  allowed record;
begin
  for allowed in
    select
      given.target,
      acl.privilege_type as privilege,
      case acl.grantee when 0 then 'public' else acl.grantee::regrole::text end as grantee
    from (
      values
        ('ticks_to_move', 'ticks'),
        ('ticks_to_move', 'series'),
        ('ticks_to_move', 'series_ticks'),
        ('ticks_to_move', 'hours_due'),
        ('ticks_to_move', 'moving'),
        ('candles_1m_to_move', 'candles_1m'),
        ('candles_1m_to_move', 'series_candles_1m'),
        ('candles_1h_to_move', 'candles_1h'),
        ('candles_1h_to_move', 'series_candles_1h'),
        ('candles_1h_to_move', 'series_candles_1d')
    ) as given (before, target)
    join pg_class on pg_class.oid = given.before::regclass
    cross join aclexplode(relacl) as acl
    where acl.grantee <> relowner and acl.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
  loop
    execute format('grant %s on %s to %s', allowed.privilege, allowed.target, allowed.grantee);
  end loop;
end $$;

comment on table series is 'A coin in a quote currency from one source';
comment on table series_ticks is 'Ticks by series and month; read the view ticks';
comment on table series_candles_1m is 'Minute candles by series and month; read the view candles_1m';
comment on table series_candles_1h is 'Hour candles by series; read the view candles_1h';
comment on table series_candles_1d is 'Day candles (UTC) by series; read the materialized view ohlcv_daily';
comment on table hours_due is 'Hours whose minutes were written since the hour was computed';
comment on table moving is 'How far the copying of an earlier version''s tables has come';
comment on view ticks is 'Every price that was observed';
comment on column ticks.observed_at is 'When the source says that this was the price';
comment on column ticks.volume_24h is 'Rolling 24-hour volume in the quote currency';
comment on column ticks.amount is 'What was traded at this price, in units of the coin; null for a price that is no trade';
comment on view candles_1m is 'Candles by minute, of one source each';
comment on column candles_1m.traded is 'Sum of the amounts of its trades, in units of the coin; null where none is known';
comment on column candles_1m.volume_24h is 'Rolling 24-hour volume at the closing tick, in the quote currency';
comment on view candles_1h is 'Candles by hour, of one source each';
comment on column candles_1h.traded is 'Sum of the amounts of its trades, in units of the coin; null where none is known';
comment on column candles_1h.volume_24h is 'Rolling 24-hour volume at the closing tick, in the quote currency';
