-- A read that began while rows were moved from the default partition into a new one could miss them: it had been planned without the
-- new partition when it had to wait for the default one. The function is otherwise that of migration 9.

-- Makes the partition of a month of UTC unless it is there, and moves into it what the default partition has of that month. Fails
-- when somebody else uses the default partition, or the table if there are rows to move, for longer than two seconds: it waits for
-- those who read it, and all who come later wait behind it. Of a table that is not partitioned, because an extension divides it,
-- nothing is made.
create or replace function make_partition(parent text, month timestamptz) returns void
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
  has_default boolean;
  has_rows boolean := false;
  rows_of_month text;
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
  has_default := to_regclass(parent || '_default') is not null;
  rows_of_month := format(
    'select exists (select from %1$I where %2$I >= %3$L and %2$I < %4$L)', parent || '_default', divided_by, begins, ends
  );
  if has_default then
    execute rows_of_month into has_rows;
    -- Statements lock the table before they are planned, and the default partition afterwards: one that has been planned without the
    -- new partition, and then waits for the default one, would miss the rows that are moved.
    if has_rows then
      execute format('lock table only %I in access exclusive mode', parent);
    end if;
    execute format('lock table %I in access exclusive mode', parent || '_default');
    if not has_rows then
      execute rows_of_month into has_rows;
      if has_rows then
        raise exception 'rows of % have just been added to the default partition', to_char(month, 'YYYY-MM')
          using errcode = 'lock_not_available';
      end if;
    end if;
  end if;
  -- Attaching locks out nobody who reads or writes other partitions, as making it a partition at once would.
  execute format('create table %I (like %I including all) %s', new_table, parent, options);
  if has_rows then
    execute format(
      'with moved as (delete from %1$I where %2$I >= %3$L and %2$I < %4$L returning *) insert into %5$I select * from moved',
      parent || '_default', divided_by, begins, ends, new_table
    );
  end if;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, new_table, begins, ends);
end $$;
