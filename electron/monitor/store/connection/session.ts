import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { RefusedDatabase } from './refused-database.ts';
import type { SessionOption } from './session-options.ts';
import type { Transact } from './transaction.ts';

/** The session of a server that passed the checks: how every transaction begins. */
export type Session = {
  /** The schema of the program's tables, the only one in the search path. */
  readonly schema: string;
  readonly user: string;
  /** The server's major version. */
  readonly version: number;
  /**
   * The statements that begin a transaction, to be sent as one query.
   *
   * @param statementTimeoutMs timeout of one statement; 0 for none
   */
  begin(statementTimeoutMs?: number, isolation?: Isolation): string;
};

/** With `repeatable read`, all statements of a transaction see the same snapshot. */
export type Isolation = 'read committed' | 'repeatable read';

/** Default statement timeout: a server that lost the query would otherwise occupy a connection forever. */
const STATEMENT_TIMEOUT_MS = 60_000;

/**
 * Settings that the program requires but a role, a database or a server may override: text formats of numbers and
 * times (`extra_float_digits`, `DateStyle`, `IntervalStyle`, `TimeZone`, `array_nulls`), and timeouts that are meant
 * for interactive users. They are set in each transaction, because a pooler such as pgbouncer may run the next one in
 * another session.
 */
const REQUIRED_SETTINGS: readonly SessionOption[] = [
  ['extra_float_digits', '1'],
  ['datestyle', 'ISO, YMD'],
  ['intervalstyle', 'postgres'],
  ['timezone', 'UTC'],
  ['bytea_output', 'hex'],
  ['array_nulls', 'on'],
  ['transform_null_equals', 'off'],
  ['xmloption', 'content'],
  ['lock_timeout', '0'],
  // Compiling a statement takes a hundred times as long as running it: the planner estimates the cost of all partitions, but only
  // one is read.
  ['jit', 'off'],
  ['idle_in_transaction_session_timeout', String(STATEMENT_TIMEOUT_MS)],
];

/** `transaction_timeout` exists since PostgreSQL 17. Commits must be flushed at least to this server's disk. */
const CONDITIONAL_SETTINGS = `
  select set_config('transaction_timeout', '0', true) where current_setting('transaction_timeout', true) is not null;
  select set_config('synchronous_commit', 'local', true) where current_setting('synchronous_commit') = 'off'`;

/**
 * Checks the server and returns the session for it.
 *
 * @param options settings of the connection URL
 * @param kind a server that is written to, or a standby that is only read
 * @throws RefusedDatabase with the statement that fixes it when the server or its contents cannot be used
 */
export async function openSession(
  transact: Transact,
  options: readonly SessionOption[],
  kind: 'primary' | 'standby' = 'primary',
): Promise<Session> {
  const settings = [...options, ...REQUIRED_SETTINGS];
  return transact(beginWith(settings, STATEMENT_TIMEOUT_MS), async (client) => {
    const { rows } = await client.query<Facts>(FACTS);
    const facts = rows[0];
    if (facts === undefined) throw new MessageError(message('database.no-facts'));
    refuseOld(facts);
    if (kind === 'primary') refuseReadOnly(facts);
    else if (!facts.is_standby) throw new RefusedDatabase(message('replica.none'));
    const schema = facts.made_schema ?? facts.first_schema ?? (await refuseWithoutSchema(client, facts));
    refuseForeign(facts, schema);
    // pg_temp last: in a pooled session, temporary tables of others would hide the program's tables.
    const path: SessionOption = ['search_path', `${escapeIdentifier(schema)}, pg_temp`];
    return {
      schema,
      user: facts.user,
      version: facts.version,
      begin: (statementTimeoutMs = STATEMENT_TIMEOUT_MS, isolation = 'read committed') =>
        beginWith([...settings, path], statementTimeoutMs, isolation),
    };
  });
}

function beginWith(
  settings: readonly SessionOption[],
  statementTimeoutMs: number,
  isolation: Isolation = 'read committed',
): string {
  const all = [...settings, ['statement_timeout', String(statementTimeoutMs)] as const];
  const calls = all.map(
    ([name, value]) => `set_config(${escapeLiteral(name)}, ${escapeLiteral(value)}, true)`,
  );
  return `begin isolation level ${isolation}; select ${calls.join(', ')}; ${CONDITIONAL_SETTINGS}`;
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
  /** The first schema of the search path that exists and can be used. */
  readonly first_schema: string | null;
  /** The schema of the search path that contains the program's schema_migrations. */
  readonly made_schema: string | null;
  readonly foreign_schemas: readonly string[];
};

/**
 * Other tools (Rails, Ecto, golang-migrate) have a table of this name too; the program's is recognized by its
 * columns.
 */
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

/** `date_bin`, which computes candles, exists since PostgreSQL 14. */
const OLDEST_SERVER = 14;

function refuseOld({ version, version_text }: Facts): void {
  if (version < OLDEST_SERVER) {
    throw new RefusedDatabase(message('database.too-old', { version: version_text, oldest: OLDEST_SERVER }));
  }
}

function refuseReadOnly({ is_standby, is_read_only, ...facts }: Facts): void {
  if (is_standby) {
    throw new RefusedDatabase(message('database.standby'));
  }
  if (is_read_only) {
    throw new RefusedDatabase(message('database.read-only', { fix: writableAgain(facts) }));
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
  // The session that runs this may itself be read-only for the same reason.
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
    const fix = `grant usage, create on schema ${schema} to ${role};`;
    throw new RefusedDatabase(
      message('database.may-not-use-schema', { user, schema: wanted, database, fix }),
    );
  }
  const fix = `create schema ${schema} authorization ${role};`;
  throw new RefusedDatabase(message('database.no-schema', { searchPath: search_path, database, fix }));
}

function refuseForeign({ foreign_schemas, user }: Facts, schema: string): void {
  if (!foreign_schemas.includes(schema)) return;
  throw new RefusedDatabase(message('database.foreign-migrations', { schema, role: escapeIdentifier(user) }));
}
