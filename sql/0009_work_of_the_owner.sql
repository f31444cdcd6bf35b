-- Some work needs the owner of the tables: making partitions, and refreshing the daily view. A user who may only write has it done
-- by these functions, which run as the owner and do nothing else.

-- Makes the partition of a month of UTC unless it is there, and moves into it what the default partition has of that month. Fails
-- when somebody else uses the default partition for longer than two seconds: attaching waits for those who read it, and all who come
-- later wait behind it. Of a table that is not partitioned, because an extension divides it, nothing is made.
create function make_partition(parent text, month timestamptz) returns void
language plpgsql
security definer
set search_path from current
set lock_timeout = '2s'
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  begins timestamptz := date_trunc('month', month);
  ends timestamptz := date_trunc('month', month) + interval '1 month';
  new_table text := parent || to_char(month, '_YYYY_MM');
  divided_by text;
  -- A candle is updated many times while its bucket is the present one; room on the page keeps those updates off the index.
  options text;
begin
  case parent
    when 'series_ticks' then divided_by := 'observed_at'; options := '';
    when 'series_candles_1m' then divided_by := 'bucket'; options := 'with (fillfactor = 80)';
    else raise exception '% has no partitions by month', parent using errcode = 'invalid_parameter_value';
  end case;
  -- The number is this lock's alone. Two programs do not make the same partition.
  perform pg_advisory_xact_lock(7206341120);
  if to_regclass(new_table) is not null or not exists (select from pg_class where oid = to_regclass(parent) and relkind = 'p') then
    return;
  end if;
  if to_regclass(parent || '_default') is not null then
    execute format('lock table %I in access exclusive mode', parent || '_default');
  end if;
  -- Attaching locks out nobody who reads or writes other partitions, as making it a partition at once would.
  execute format('create table %I (like %I including all) %s', new_table, parent, options);
  if to_regclass(parent || '_default') is not null then
    execute format(
      'with moved as (delete from %1$I where %2$I >= %3$L and %2$I < %4$L returning *) insert into %5$I select * from moved',
      parent || '_default', divided_by, begins, ends, new_table
    );
  end if;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, new_table, begins, ends);
end $$;

create function refresh_ohlcv_daily() returns void
language plpgsql
security definer
set search_path from current
as $$
begin
  refresh materialized view concurrently ohlcv_daily;
end $$;

comment on function make_partition is 'Makes the partition of a month of series_ticks or series_candles_1m, as the owner';
comment on function refresh_ohlcv_daily is 'Refreshes the materialized view ohlcv_daily, as the owner';

-- Whoever may write ticks may call them, and nobody else.
revoke execute on function make_partition, refresh_ohlcv_daily from public;

do $$
declare
  writer text;
begin
  for writer in
    select distinct case grantee when 0 then 'public' else grantee::regrole::text end
    from pg_class, aclexplode(relacl)
    where oid = 'series_ticks'::regclass and privilege_type = 'INSERT' and grantee <> relowner
  loop
    execute format('grant execute on function make_partition, refresh_ohlcv_daily to %s', writer);
  end loop;
end $$;
