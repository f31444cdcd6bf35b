import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg';
import { RefusedDatabase } from './refused-database.ts';
import type { SessionOption } from './session-options.ts';
import type { Transact } from './transaction.ts';

/** What every transaction of ours begins with, on a server that was found fit for it. */
export type Session = {
  /** The schema that holds our tables, and nothing else is looked for in. */
  readonly schema: string;
  readonly user: string;
  /** The server's major version. */
  readonly version: number;
  /**
   * The statements that begin a transaction, to be sent as one query.
   *
   * @param patienceMs how long one statement may take; 0 for as long as it likes
   */
  begin(patienceMs?: number): string;
};

/** A server that has lost what it is asked would otherwise hold a connection for ever. */
const PATIENCE_MS = 60_000;

/**
 * What we rely on, and a role, a database or a server may have otherwise. Texts of numbers and times are read and written
 * (`extra_float_digits`, `DateStyle`, `IntervalStyle`, `TimeZone`, `array_nulls`); a role's own time limits are for people.
 * Set for each transaction, because a pooler such as pgbouncer gives the next one another session.
 */
const RELIED_ON: readonly SessionOption[] = [
  ['extra_float_digits', '1'],
  ['datestyle', 'ISO, YMD'],
  ['intervalstyle', 'postgres'],
  ['timezone', 'UTC'],
  ['bytea_output', 'hex'],
  ['array_nulls', 'on'],
  ['transform_null_equals', 'off'],
  ['xmloption', 'content'],
  ['lock_timeout', '0'],
  ['idle_in_transaction_session_timeout', String(PATIENCE_MS)],
];

/** `transaction_timeout` came with PostgreSQL 17; what was not flushed to this server's disk is not kept. */
const RELIED_ON_WHERE_THERE = `
  select set_config('transaction_timeout', '0', true) where current_setting('transaction_timeout', true) is not null;
  select set_config('synchronous_commit', 'local', true) where current_setting('synchronous_commit') = 'off'`;

/**
 * Looks at the server that transactions are run on, and gives the session for it.
 *
 * @param options settings of the connection URL
 * @throws RefusedDatabase when the server, or what is in it, is not fit; it says which statement mends that
 */
export async function openSession(transact: Transact, options: readonly SessionOption[]): Promise<Session> {
  const settings = [...options, ...RELIED_ON];
  return transact(beginWith(settings, PATIENCE_MS), async (client) => {
    const { rows } = await client.query<Facts>(FACTS);
    const facts = rows[0];
    if (facts === undefined) throw new Error('The server does not say what it is.');
    refuseUnfit(facts);
    const schema = facts.made_schema ?? facts.first_schema ?? (await refuseWithoutSchema(client, facts));
    refuseForeign(facts, schema);
    // pg_temp last: of a pooled session, somebody else's temporary tables would come before ours.
    const path: SessionOption = ['search_path', `${escapeIdentifier(schema)}, pg_temp`];
    return {
      schema,
      user: facts.user,
      version: facts.version,
      begin: (patienceMs = PATIENCE_MS) => beginWith([...settings, path], patienceMs),
    };
  });
}

function beginWith(settings: readonly SessionOption[], patienceMs: number): string {
  const all = [...settings, ['statement_timeout', String(patienceMs)] as const];
  const calls = all.map(
    ([name, value]) => `set_config(${escapeLiteral(name)}, ${escapeLiteral(value)}, true)`,
  );
  return `begin isolation level read committed; select ${calls.join(', ')}; ${RELIED_ON_WHERE_THERE}`;
}

type Facts = {
  readonly version: number;
  readonly version_text: string;
  readonly user: string;
  readonly database: string;
  readonly is_standby: boolean;
  readonly is_read_only: boolean;
  readonly read_only_source: string;
  readonly search_path: string;
  /** The first schema of the search path that is there and may be used. */
  readonly first_schema: string | null;
  /** The schema of the search path that our migrations are recorded in. */
  readonly made_schema: string | null;
  readonly foreign_schemas: readonly string[];
};

/** Others have a table of this name too (Rails, Ecto, golang-migrate): ours is known by its columns. */
const FACTS = `
  with path as (
    select name, place from unnest(current_schemas(false)) with ordinality as path (name, place)
  ),
  recorded as (
    select path.name, path.place, (
      select count(*) = 4 from pg_attribute
      where attrelid = pg_class.oid and attname in ('version', 'name', 'checksum', 'applied_at') and not attisdropped
    ) as is_ours
    from path
    join pg_namespace on pg_namespace.nspname = path.name
    join pg_class on relnamespace = pg_namespace.oid and relname = 'schema_migrations'
  )
  select
    current_setting('server_version_num')::integer / 10000 as version,
    current_setting('server_version') as version_text,
    current_user::text as user,
    current_database()::text as database,
    pg_is_in_recovery() as is_standby,
    current_setting('transaction_read_only') = 'on' as is_read_only,
    (select source from pg_settings where name = 'default_transaction_read_only') as read_only_source,
    current_setting('search_path') as search_path,
    current_schema()::text as first_schema,
    (select name::text from recorded where is_ours order by place limit 1) as made_schema,
    array(select name::text from recorded where not is_ours) as foreign_schemas`;

/** `date_bin`, which candles are computed with, came with PostgreSQL 14. */
const OLDEST_SERVER = 14;

function refuseUnfit({ version, version_text, is_standby, is_read_only, ...facts }: Facts): void {
  if (version < OLDEST_SERVER) {
    throw new RefusedDatabase(
      `The database is PostgreSQL ${version_text}; the program needs version ${OLDEST_SERVER} or newer.`,
    );
  }
  if (is_standby) {
    throw new RefusedDatabase(
      'The database is a standby, which takes no writes. Connect to the primary, or name all servers in the connection ' +
        'URL: postgresql://me@one,two/prices?target_session_attrs=read-write.',
    );
  }
  if (is_read_only) {
    throw new RefusedDatabase(
      `The database takes no writes: default_transaction_read_only is on. Run: ${writableAgain(facts)}`,
    );
  }
}

function writableAgain({
  read_only_source,
  user,
  database,
}: Pick<Facts, 'read_only_source' | 'user' | 'database'>): string {
  const [role, named] = [escapeIdentifier(user), escapeIdentifier(database)];
  const places: Readonly<Record<string, string>> = {
    user: `role ${role}`,
    'database user': `role ${role} in database ${named}`,
    database: `database ${named}`,
  };
  const place = places[read_only_source];
  // Whoever runs it may be in a session that is read-only for the same reason.
  return place === undefined
    ? 'alter system set default_transaction_read_only = off; select pg_reload_conf();'
    : `begin read write; alter ${place} set default_transaction_read_only = off; commit;`;
}

async function refuseWithoutSchema(client: ClientBase, facts: Facts): Promise<never> {
  const { search_path, user, database } = facts;
  const names = search_path.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const wanted = names.find((name) => name !== '' && name !== '$user') ?? 'public';
  const { rows } = await client.query('select from pg_namespace where nspname = $1', [wanted]);
  const [schema, role] = [escapeIdentifier(wanted), escapeIdentifier(user)];
  if (rows.length > 0 && names.includes(wanted)) {
    throw new RefusedDatabase(
      `The user "${user}" may not use the schema "${wanted}" of the database "${database}". Run as its owner: ` +
        `grant usage, create on schema ${schema} to ${role};`,
    );
  }
  throw new RefusedDatabase(
    `No schema of the search_path (${search_path || 'empty'}) is in the database "${database}". Run: ` +
      `create schema ${schema} authorization ${role};`,
  );
}

function refuseForeign({ foreign_schemas, user }: Facts, schema: string): void {
  if (!foreign_schemas.includes(schema)) return;
  throw new RefusedDatabase(
    `The table "schema_migrations" in the schema "${schema}" is another program's. ${ownSchemaAdvice(user)}`,
  );
}

/** How to give the program a schema of its own. */
export function ownSchemaAdvice(user: string): string {
  return (
    `Give this program a schema of its own. Run: create schema prices authorization ${escapeIdentifier(user)}; and add ` +
    '?options=-c%20search_path%3Dprices to the connection URL.'
  );
}
