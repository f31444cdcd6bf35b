-- Roles for a database of your own: an owner of the tables, a writer for the program, and a reader for people and their tools.
-- Run it as a superuser after the tables have been created, and again after each update of the program:
--
--   crypto-price-monitor migrate --database-url postgresql://admin@db/prices
--   psql -v ON_ERROR_STOP=1 -f sql/roles.sql postgresql://admin@db/prices
--
-- The schema is "public"; choose another one with -v schema=prices. No role can log in until you allow it:
--
--   alter role price_writer login password '…';  -- the program connects as this one
--   grant price_reader to alice;
\if :{?schema}
\else
  \set schema public
\endif

begin;
select format('create role %I', name)
from unnest(array['price_owner', 'price_writer', 'price_reader']) as name
where not exists (select from pg_roles where rolname = name)
\gexec

-- Before PostgreSQL 15, all users may create tables in the schema "public".
revoke create on schema :"schema" from public;
grant usage, create on schema :"schema" to price_owner;
grant usage on schema :"schema" to price_writer, price_reader;
set local search_path = :"schema";

-- The tables with their partitions, and the views on them. The owner of a sequence follows that of its table.
select format('alter table %s owner to price_owner', oid::regclass)
from pg_class
where relnamespace = to_regnamespace(:'schema')
  and relkind in ('r', 'p', 'v', 'm')
  and (relname ~ '^series_(ticks|candles_1m)(_\d{4}_\d{2}|_default)?$' or oid = any (array(
    select to_regclass(name) from unnest(array[
      'schema_migrations', 'series', 'series_candles_1h', 'series_candles_1d', 'moving', 'alerts',
      'history_candles', 'history_asked', 'ticks', 'candles_1m', 'candles_1h', 'ohlcv_daily', 'ticks_to_move',
      'archived_months', 'archive_files', 'archive_proofs', 'history_folds'
    ]) as name
  )))
\gexec

alter function make_partition owner to price_owner;
alter function fold_history owner to price_owner;
alter function keep_history_folds owner to price_owner;

-- The writer adds ticks and alerts and folds candles. It may not change or delete a tick, or change a table.
-- Months are archived by the owner.
grant select on schema_migrations, moving, archived_months, archive_files, archive_proofs, history_folds to price_writer;
grant select, insert on series, series_ticks to price_writer;
grant select, insert, update on
  series_candles_1m, series_candles_1h, series_candles_1d, alerts, history_candles
  to price_writer;
grant select, insert, update, delete on history_asked to price_writer;
grant execute on function make_partition to price_writer;

grant select on
  ticks, candles_1m, candles_1h, ohlcv_daily, alerts, series, history_candles, history_asked, archived_months, archive_files
  to price_reader;
-- What the program itself reads, for exports, backups and a read replica (DATABASE_READ_URL).
grant select on
  schema_migrations, moving, series_ticks, series_candles_1m, series_candles_1h, series_candles_1d, history_folds
  to price_reader;
commit;
