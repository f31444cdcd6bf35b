-- Candles of providers, folded to the lengths that charts show. A week of imported minutes is one row to read instead of ten thousand,
-- and exactly what the minutes give. Triggers keep the folds, whatever writes to history_candles.
create table history_folds (
  coin_id text not null,
  vs_currency text not null,
  -- 5 and 15 minutes, 1 and 4 hours, a day, a week: each consists of whole ones of the length before.
  level_seconds integer not null,
  bucket timestamptz not null,
  source text not null,
  -- For how long the source has candles in the bucket, each time counted once.
  filled_seconds integer not null,
  -- Null where the source says that nothing was traded.
  open double precision,
  high double precision,
  low double precision,
  close double precision,
  -- The sum of what was traded; null where it is unknown of a candle. Or the rolling volume at the end of the bucket.
  volume double precision,
  volume_kind text not null,
  primary key (coin_id, vs_currency, level_seconds, bucket, source)
);

comment on table history_folds is 'Candles of history_candles, folded to the lengths of charts; kept by triggers';

-- Folds the buckets that these candles are in anew: the candle of a bucket's own length, where there is one, gives open, close and volume,
-- as it is the provider's own; otherwise the folds of the length below do. Extremes come from both.
create function fold_history(
  coins text[], currencies text[], sources text[], seconds integer[], buckets timestamptz[]
) returns void
language plpgsql
set search_path from current
-- A plan that was made while the tables were small must not read them whole for each bucket later.
set enable_seqscan = off
as $$
declare
  finer integer := 60;
  level integer;
begin
  foreach level in array array[300, 900, 3600, 14400, 86400, 604800] loop
    with wanted as (
      -- A Monday, for the weeks.
      select distinct
        coin_id, vs_currency, source, date_bin(level * interval '1 second', bucket, '1970-01-05T00:00:00Z') as start
      from unnest(coins, currencies, sources, seconds, buckets) as given (coin_id, vs_currency, source, length, bucket)
      where length <= level
    ),
    folded as materialized (
      select
        wanted.coin_id, wanted.vs_currency, wanted.source, wanted.start,
        case when own.is_there then level else parts.filled_seconds end as filled_seconds,
        case when own.has_trades then own.open else parts.open end as open,
        greatest(case when own.has_trades then own.high end, parts.high) as high,
        least(case when own.has_trades then own.low end, parts.low) as low,
        case when own.has_trades then own.close else parts.close end as close,
        case
          when own.volume_kind = 'traded' then own.volume
          when own.is_there is null and parts.has_traded then parts.traded
          when not coalesce(parts.has_traded, false) then coalesce(own.volume, parts.rolling)
        end as volume,
        case when own.volume_kind = 'traded' or parts.has_traded then 'traded' else 'rolling-24h' end as volume_kind
      from wanted
      left join lateral (
        select
          open, high, low, close, volume, volume_kind,
          true as is_there,
          (volume_kind = 'traded' and volume = 0) is not true as has_trades
        from history_candles as candle
        where candle.coin_id = wanted.coin_id and candle.vs_currency = wanted.vs_currency
          and candle.resolution_seconds = level and candle.bucket = wanted.start and candle.source = wanted.source
        limit 1
      ) as own on true
      cross join lateral (
        select
          sum(part.filled_seconds)::integer as filled_seconds,
          (array_agg(part.open order by part.bucket) filter (where part.open is not null))[1] as open,
          max(part.high) as high,
          min(part.low) as low,
          (array_agg(part.close order by part.bucket) filter (where part.open is not null))[count(part.open)] as close,
          case when bool_and(part.volume_kind = 'traded' and part.volume is not null) then sum(part.volume) end as traded,
          max(part.volume) filter (where part.bucket = wanted.start + (level - finer) * interval '1 second') as rolling,
          bool_or(part.volume_kind = 'traded') as has_traded
        from (
          select bucket, filled_seconds, open, high, low, close, volume, volume_kind
          from history_folds as fold
          where finer > 60
            and fold.coin_id = wanted.coin_id and fold.vs_currency = wanted.vs_currency
            and fold.level_seconds = finer and fold.source = wanted.source
            and fold.bucket >= wanted.start and fold.bucket < wanted.start + level * interval '1 second'
          union all
          select
            bucket, 60,
            case when has_trades then open end,
            case when has_trades then high end,
            case when has_trades then low end,
            case when has_trades then close end,
            volume, volume_kind
          from history_candles as candle
          cross join lateral (select (volume_kind = 'traded' and volume = 0) is not true as has_trades) as known
          where finer = 60
            and candle.coin_id = wanted.coin_id and candle.vs_currency = wanted.vs_currency
            and candle.resolution_seconds = 60 and candle.source = wanted.source
            and candle.bucket >= wanted.start and candle.bucket < wanted.start + level * interval '1 second'
        ) as part
      ) as parts
    ),
    gone as (
      delete from history_folds as fold
      using folded
      where folded.filled_seconds is null
        and fold.coin_id = folded.coin_id and fold.vs_currency = folded.vs_currency
        and fold.level_seconds = level and fold.bucket = folded.start and fold.source = folded.source
    )
    insert into history_folds as fold (
      coin_id, vs_currency, level_seconds, bucket, source, filled_seconds, open, high, low, close, volume, volume_kind
    )
    select coin_id, vs_currency, level, start, source, filled_seconds, open, high, low, close, volume, volume_kind
    from folded
    where filled_seconds is not null
    order by coin_id, vs_currency, start, source
    on conflict (coin_id, vs_currency, level_seconds, bucket, source) do update set
      filled_seconds = excluded.filled_seconds,
      open = excluded.open,
      high = excluded.high,
      low = excluded.low,
      close = excluded.close,
      volume = excluded.volume,
      volume_kind = excluded.volume_kind
    where
      (fold.filled_seconds, fold.open, fold.high, fold.low, fold.close, fold.volume, fold.volume_kind) is distinct from
      (excluded.filled_seconds, excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume, excluded.volume_kind);

    -- The next length has to fold the buckets of this one, and candles that are longer than it.
    select
      array_agg(coin_id), array_agg(vs_currency), array_agg(source), array_agg(length), array_agg(bucket)
    into coins, currencies, sources, seconds, buckets
    from (
      select distinct
        coin_id, vs_currency, source, greatest(length, level) as length,
        case
          when length > level then bucket
          else date_bin(level * interval '1 second', bucket, '1970-01-05T00:00:00Z')
        end as bucket
      from unnest(coins, currencies, sources, seconds, buckets) as given (coin_id, vs_currency, source, length, bucket)
    ) as next;
    finer := level;
  end loop;
end $$;

-- One transaction at a time, so that none overlooks what another is about to commit of the same bucket.
create function keep_history_folds() returns trigger
language plpgsql
security definer
set search_path from current
as $$
declare
  coins text[];
  currencies text[];
  sources text[];
  seconds integer[];
  buckets timestamptz[];
begin
  if tg_op = 'TRUNCATE' then
    truncate history_folds;
    return null;
  end if;
  if tg_op <> 'DELETE' then
    select array_agg(coin_id), array_agg(vs_currency), array_agg(source), array_agg(resolution_seconds), array_agg(bucket)
    into coins, currencies, sources, seconds, buckets
    from added;
  end if;
  if tg_op = 'DELETE' then
    select array_agg(coin_id), array_agg(vs_currency), array_agg(source), array_agg(resolution_seconds), array_agg(bucket)
    into coins, currencies, sources, seconds, buckets
    from removed;
  elsif tg_op = 'UPDATE' then
    select
      coins || array_agg(coin_id), currencies || array_agg(vs_currency), sources || array_agg(source),
      seconds || array_agg(resolution_seconds), buckets || array_agg(bucket)
    into coins, currencies, sources, seconds, buckets
    from removed;
  end if;
  if cardinality(coins) > 0 then
    -- The number is this lock's alone.
    perform pg_advisory_xact_lock(7206341126);
    perform fold_history(coins, currencies, sources, seconds, buckets);
  end if;
  return null;
end $$;

comment on function fold_history is 'Folds the buckets of history_folds anew that these candles are in';
comment on function keep_history_folds is 'Keeps history_folds, as the owner';
revoke execute on function fold_history, keep_history_folds from public;

create trigger folds_of_inserted after insert on history_candles
referencing new table as added for each statement execute function keep_history_folds();
create trigger folds_of_updated after update on history_candles
referencing old table as removed new table as added for each statement execute function keep_history_folds();
create trigger folds_of_deleted after delete on history_candles
referencing old table as removed for each statement execute function keep_history_folds();
create trigger folds_of_truncated after truncate on history_candles
for each statement execute function keep_history_folds();

-- What is there already, a month of a source at a time.
do $$
declare
  own record;
begin
  for own in
    select
      array_agg(coin_id) as coins, array_agg(vs_currency) as currencies, array_agg(source) as sources,
      array_agg(resolution_seconds) as seconds, array_agg(bucket) as buckets
    from history_candles
    group by coin_id, vs_currency, source, date_trunc('month', bucket)
  loop
    perform fold_history(own.coins, own.currencies, own.sources, own.seconds, own.buckets);
  end loop;
end $$;

-- Whoever is allowed to read the candles is allowed to read their folds.
do $$
declare
  reader text;
begin
  for reader in
    select distinct case grantee when 0 then 'public' else grantee::regrole::text end
    from pg_class, aclexplode(relacl)
    where oid = 'history_candles'::regclass and privilege_type = 'SELECT' and grantee <> relowner
  loop
    execute format('grant select on history_folds to %s', reader);
  end loop;
end $$;
