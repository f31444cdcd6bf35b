-- Months of ticks and minute candles that were written to an archive, and the files that they are in.

create table archived_months (
  -- series_ticks or series_candles_1m.
  relation text not null,
  -- Its first day, by UTC.
  month date not null,
  -- writing: all rows are in the table, and files are being written. archived: the partition was dropped, and files hold its
  -- rows; what came later is in the table. restored: all rows are in the table again, and files are not read. deleted: the
  -- partition was dropped without an archive, because the user asked for that.
  state text not null check (state in ('writing', 'archived', 'restored', 'deleted')),
  changed_at timestamptz not null,
  -- Until when retention leaves a restored month alone.
  keep_until timestamptz,
  primary key (relation, month)
);

create table archive_files (
  relation text not null,
  month date not null,
  series_id integer not null,
  -- From 1. Of rows with the same key, that of the later part counts.
  part integer not null,
  -- The URL of the archive, which has no password, and the path below it.
  archive_url text not null,
  path text not null,
  -- writing: may be there in part, or not at all. verified: was read back and equals the rows of the table, which are still
  -- there. archived: is read in their place.
  state text not null check (state in ('writing', 'verified', 'archived')),
  written_at timestamptz not null,
  row_count bigint,
  bytes bigint,
  first_at timestamptz,
  last_at timestamptz,
  -- Of the file's bytes, and of its rows in the order of time: see docs/archive.md.
  file_sha256 text,
  rows_sha256 text,
  primary key (relation, month, series_id, part)
);

-- What a series had in its partition when verified files were known to hold all of it. A partition is dropped only when it
-- still has exactly that.
create table archive_proofs (
  relation text not null,
  month date not null,
  series_id integer not null,
  row_count bigint not null,
  -- Sum of the hashes of its rows, whatever their order.
  fingerprint numeric not null,
  primary key (relation, month, series_id)
);

-- Whoever is allowed to read or write ticks is allowed it of these.
do $$
declare
  allowed record;
begin
  for allowed in
    select
      given.target,
      acl.privilege_type as privilege,
      case acl.grantee when 0 then 'public' else acl.grantee::regrole::text end as grantee
    from (values ('archived_months'), ('archive_files'), ('archive_proofs')) as given (target)
    join pg_class on pg_class.oid = 'series_ticks'::regclass
    cross join aclexplode(relacl) as acl
    where acl.grantee <> relowner and acl.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
  loop
    execute format('grant %s on %s to %s', allowed.privilege, allowed.target, allowed.grantee);
  end loop;
end $$;

comment on table archived_months is 'Months of ticks and minute candles whose partition was written to an archive';
comment on table archive_files is 'The Parquet files of archived months';
comment on table archive_proofs is 'What partitions that are being archived are known to hold';
