import type { EventEmitter } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Client, escapeIdentifier, Pool } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { Logger } from '../../logging/logger.ts';
import { loadMigrations, migrate } from '../connection/migrate.ts';
import { openSession } from '../connection/session.ts';
import { createTransact } from '../connection/transaction.ts';
import type { EmbeddedConnection } from '../postgres/embedded-url.ts';
import { NEXT_SERIES } from '../series/next-series.ts';

/**
 * Copies the program's tables from one server to an empty one: the same migrations create the tables, and all rows are copied and
 * counted. Objects that others have created in the database are not copied.
 */
export async function copyDatabase(
  from: EmbeddedConnection,
  to: EmbeddedConnection,
  log: Logger,
): Promise<void> {
  if (!(await hasDatabase(from))) return;
  const source = listening(new Client(from));
  await source.connect();
  try {
    await createDatabase(to);
    const tables = await readTables(source);
    await makeTables(source, to);
    const target = listening(new Client(to));
    await target.connect();
    try {
      await makePartitions(source, target);
      // Triggers are off, because the rows that they maintain are copied, too.
      await target.query('set session_replication_role = replica');
      for (const table of tables) {
        if (!(await isThere(target, table.name))) {
          log.warn(
            { table: table.name },
            'a table that does not belong to the program stays in the old database',
          );
          continue;
        }
        await target.query('begin');
        const rows = await copyTable(source, target, table);
        await target.query('commit');
        log.info({ table: table.name, rows }, 'copied a table to the new version of PostgreSQL');
      }
      await target.query(NEXT_SERIES);
      await target.query('analyze');
    } finally {
      await target.end();
    }
  } finally {
    await source.end();
  }
}

/** The loss of a connection is reported by the query that needs it. Without a listener, it would end the program. */
function listening<T extends EventEmitter>(connection: T): T {
  connection.on('error', () => undefined);
  return connection;
}

type Table = { readonly name: string; readonly columns: readonly string[] };

async function copyTable(source: Client, target: Client, { name, columns }: Table): Promise<number> {
  const [table, list] = [
    escapeIdentifier(name),
    columns.map((column) => escapeIdentifier(column)).join(', '),
  ];
  const output = source.query(copyTo(`copy (select ${list} from ${table}) to stdout with (format binary)`));
  const input = target.query(copyFrom(`copy ${table} (${list}) from stdin with (format binary)`));
  await pipeline(output, input);
  if (output.rowCount !== input.rowCount) {
    const counts = { table: name, read: output.rowCount, written: input.rowCount };
    throw new MessageError(message('embedded.upgrade-counts', counts));
  }
  return input.rowCount;
}

/** @throws MessageError while tables of an earlier version are being copied: progress is by page and cannot continue elsewhere */
async function readTables(source: Client): Promise<readonly Table[]> {
  if (await isThere(source, 'moving')) {
    const { rows } = await source.query('select from moving');
    if (rows.length > 0) throw new MessageError(message('embedded.upgrade-unfinished'));
  }
  const { rows } = await source.query<Table>(TABLES);
  return rows;
}

async function makeTables(source: Client, to: EmbeddedConnection): Promise<void> {
  const { rows } = await source.query<{ version: number }>('select version from schema_migrations');
  const versions = new Set(rows.map(({ version }) => version));
  const pool = listening(new Pool({ ...to, max: 1 }));
  pool.on('connect', listening);
  try {
    const transact = createTransact(pool, new AbortController().signal);
    const known = (await loadMigrations()).filter(({ version }) => versions.has(version));
    await migrate(transact, await openSession(transact, []), known);
  } finally {
    await pool.end();
  }
}

async function makePartitions(source: Client, target: Client): Promise<void> {
  const { rows } = await source.query<{ parent: string; month: string }>(PARTITIONS);
  const { rows: functions } = await target.query(`select from pg_proc where proname = 'make_partition'`);
  // Without the function, rows go to the default partition, from which the program moves them later.
  if (functions.length === 0) return;
  for (const { parent, month } of rows)
    await target.query(`select make_partition($1, ($2 || '-15T00:00:00Z')::timestamptz)`, [parent, month]);
}

async function hasDatabase(connection: EmbeddedConnection): Promise<boolean> {
  return withMaintenance(connection, async (client) => {
    const { rows } = await client.query('select from pg_database where datname = $1', [connection.database]);
    return rows.length > 0;
  });
}

async function createDatabase(connection: EmbeddedConnection): Promise<void> {
  await withMaintenance(connection, (client) =>
    client.query(`create database ${escapeIdentifier(connection.database)}`),
  );
}

async function withMaintenance<T>(
  connection: EmbeddedConnection,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = listening(new Client({ ...connection, database: 'postgres' }));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function isThere(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    escapeIdentifier(table),
  ]);
  return rows[0]?.there === true;
}

/** All tables with their columns, except the record of migrations, which applying them creates. */
const TABLES = `
  select relname::text as name, array_agg(attname::text order by attnum) as columns
  from pg_class
  join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
    and relname <> 'schema_migrations'
  group by relname
  order by relname`;

const PARTITIONS = `
  select parent.relname::text as parent, replace(right(pg_class.relname, 7), '_', '-') as month
  from pg_class
  join pg_inherits on inhrelid = pg_class.oid
  join pg_class as parent on parent.oid = inhparent
  where pg_class.relkind = 'r' and parent.relkind = 'p' and pg_class.relname ~ '_\\d{4}_\\d{2}$'
  order by 1, 2`;
