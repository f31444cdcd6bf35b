import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from './in-transaction.ts';

/**
 * Version 1 was a queue of tasks, each with its own `done` mark. Version 2 marked an alert when it was delivered to alerts.txt,
 * and had no other channel. Version 3 had all ticks as text.
 */
const SCHEMA_VERSION = 4;

/** A newer version of the program wrote the log file, with a schema that this version does not support. */
export class NewerLogFile extends Error {
  readonly version: number;
  readonly known = SCHEMA_VERSION;

  constructor(version: number) {
    super(`the log file has schema ${version}, newer than ${SCHEMA_VERSION}`);
    this.name = 'NewerLogFile';
    this.version = version;
  }
}

/**
 * Creates the tables of a log file or migrates them to the current schema, in one transaction.
 *
 * @throws NewerLogFile when a newer version of the program wrote the file
 */
export function migrateLogFile(database: DatabaseSync): void {
  const version = Number(database.prepare('pragma user_version').get()?.user_version);
  if (version > SCHEMA_VERSION) throw new NewerLogFile(version);
  if (version === SCHEMA_VERSION) return;
  inTransaction(database, () => {
    if (version === 0) database.exec(CREATE);
    if (version === 1) {
      completeVersion1(database);
      database.exec(MIGRATE_VERSION_1);
    }
    if (version === 1 || version === 2) database.exec(MIGRATE_VERSION_2);
    if (version === 2 || version === 3) database.exec('alter table records add column packed blob');
    if (version !== 0) database.exec('alter table dead_letters add column packed blob');
    database.exec(`pragma user_version = ${SCHEMA_VERSION}`);
  });
}

const CREATE_RECORDS = `
  -- The records of the log. They are kept for a while after every consumer has committed them.
  create table records (
    log_offset integer primary key autoincrement,
    appended_at integer not null,
    tick_count integer not null,
    -- Without the ticks that are packed.
    batch text not null,
    -- CRC-32 of the text and what is packed; null in records of versions that kept none.
    crc integer,
    -- See packed-ticks.ts; null where the text has the ticks.
    packed blob
  ) strict;
  create index records_appended on records (appended_at);

  -- The newest record that each consumer has committed.
  create table cursors (
    consumer text primary key,
    log_offset integer not null
  ) strict;`;

const CREATE_DELIVERIES = `
  -- The state of each alert on each channel, in the order in which the channel received the alerts.
  create table deliveries (
    delivery_id integer primary key,
    channel text not null,
    -- Not a foreign key: an alert may be delivered before the log has room for it.
    alert_id text not null,
    taken_at integer not null,
    status text not null check (status in ('pending', 'failed', 'delivered', 'skipped', 'dead')),
    -- Failed attempts, and why the last one failed.
    attempts integer not null default 0,
    reason text,
    detail text,
    updated_at integer not null,
    unique (channel, alert_id)
  ) strict;
  create index deliveries_unsettled on deliveries (channel, delivery_id) where status in ('pending', 'failed');
  create index deliveries_of_alert on deliveries (alert_id);`;

const CREATE = `
  ${CREATE_RECORDS}
  ${CREATE_DELIVERIES}

  create table alerts (
    id text primary key,
    observed_at integer not null,
    alert text not null
  ) strict;
  create index alerts_newest on alerts (observed_at, id);

  -- Records that can never be applied, kept for inspection.
  create table dead_letters (
    log_offset integer primary key,
    dead_at integer not null,
    error text not null,
    batch text not null,
    packed blob
  ) strict;

  -- Alerts that cannot be read, kept for inspection.
  create table dead_alerts (
    id text primary key,
    dead_at integer not null,
    error text not null,
    alert text not null
  ) strict;

  -- One row. While open, the newest appends may be only in the write-ahead log.
  create table journal_state (
    id integer primary key,
    is_open integer not null
  ) strict;`;

/**
 * Version 1 kept tasks and marked each one when it was in PostgreSQL. They become records in the same order, and the
 * cursor of `store` is set before the first unmarked one. Marked ones after it are written again, which is harmless.
 */
const MIGRATE_VERSION_1 = `
  ${CREATE_RECORDS}
  insert into records (log_offset, appended_at, tick_count, batch, crc)
    select seq, accepted_at, tick_count, fetch, crc from tasks order by seq;
  -- Offsets continue the numbers of the tasks, even when no task is left.
  delete from sqlite_sequence where name = 'records';
  insert into sqlite_sequence (name, seq) select 'records', seq from sqlite_sequence where name = 'tasks';
  insert into cursors (consumer, log_offset)
    select 'store', coalesce(
      (select min(seq) - 1 from tasks where done = 0),
      (select seq from sqlite_sequence where name = 'records'),
      0);
  drop table tasks;
  alter table alerts rename column told to delivered;
  alter table dead_letters rename column seq to log_offset;
  alter table dead_letters rename column fetch to batch;`;

/**
 * The mark of version 2 becomes a delivery on the channel `alerts-file`. Its cursor is set to the end of the log, because
 * every alert in the log is in the table of alerts.
 */
const MIGRATE_VERSION_2 = `
  ${CREATE_DELIVERIES}
  insert into deliveries (channel, alert_id, taken_at, status, updated_at)
    select 'alerts-file', id, observed_at, case delivered when 0 then 'pending' else 'delivered' end, observed_at
    from alerts order by observed_at, id;
  insert into cursors (consumer, log_offset)
    select 'delivery:alerts-file',
      coalesce((select seq from sqlite_sequence where name = 'records'), 0);
  alter table alerts drop column delivered;`;

/** Adds what the last programs of version 1 added, in case an older one wrote the file. */
function completeVersion1(database: DatabaseSync): void {
  const columns = database.prepare("select name from pragma_table_info('tasks')").all();
  if (!columns.some(({ name }) => name === 'crc')) {
    database.exec('alter table tasks add column crc integer');
  }
  database.exec(`
    create table if not exists dead_alerts (
      id text primary key,
      dead_at integer not null,
      error text not null,
      alert text not null
    ) strict;
    create table if not exists journal_state (
      id integer primary key,
      is_open integer not null
    ) strict;`);
}
