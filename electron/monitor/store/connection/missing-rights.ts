import { type ClientBase, DatabaseError, escapeIdentifier, type PoolClient } from 'pg';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { Session } from './session.ts';

type Right = 'select' | 'insert' | 'update' | 'delete';

/** The privileges that the program needs on each table. `sql/roles.sql` grants them to the writer. */
const RIGHTS: Readonly<Record<string, readonly Right[]>> = {
  schema_migrations: ['select'],
  series: ['select', 'insert'],
  series_ticks: ['select', 'insert'],
  series_candles_1m: ['select', 'insert', 'update'],
  series_candles_1h: ['select', 'insert', 'update'],
  series_candles_1d: ['select', 'insert', 'update'],
  moving: ['select'],
  archived_months: ['select'],
  archive_files: ['select'],
  archive_proofs: ['select'],
  alerts: ['select', 'insert', 'update'],
  history_candles: ['select', 'insert', 'update'],
  history_folds: ['select'],
  history_asked: ['select', 'insert', 'update', 'delete'],
};

/** Functions that run with the rights of the table owner. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  make_partition: 'make_partition(text, timestamptz)',
};

type Run = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/**
 * Wraps a runner of writing transactions: when the user lacks a privilege, the error names all that are missing and the grants.
 */
export function namingMissingRights(run: Run, session: () => Session | null): Run {
  return async (work) => {
    try {
      return await run(work);
    } catch (error) {
      const current = session();
      if (current === null || !isMissingRight(error)) throw error;
      const fix = await run((client) => grantsOfMissingRights(client, current));
      throw new MessageError(message('database.statement-refused', { said: error.message, fix }), {
        cause: error,
      });
    }
  };
}

/** Whether the user lacks a privilege: SQLSTATE 42501, insufficient_privilege. */
export function isMissingRight(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.code === '42501';
}

/**
 * The statements that grant the user the missing privileges to write and read the program's tables; empty when none are missing.
 *
 * @param session its user and schema; it has begun the transaction
 */
async function grantsOfMissingRights(
  client: ClientBase,
  { schema, user }: Pick<Session, 'schema' | 'user'>,
): Promise<string> {
  const needed = Object.entries(RIGHTS).flatMap(([name, rights]) => rights.map((right) => ({ name, right })));
  const tables = await client.query<{ name: string; rights: string }>(MISSING_RIGHTS, [
    needed.map(({ name }) => name),
    needed.map(({ right }) => right),
  ]);
  const functions = await client.query<{ name: string }>(MISSING_FUNCTIONS, [
    Object.keys(FUNCTIONS),
    Object.values(FUNCTIONS),
  ]);
  const [place, role] = [escapeIdentifier(schema), escapeIdentifier(user)];
  return [
    ...tables.rows.map(({ name, rights }) => `grant ${rights} on ${place}.${name} to ${role};`),
    ...functions.rows.map(({ name }) => `grant execute on function ${place}.${name} to ${role};`),
  ].join(' ');
}

const MISSING_RIGHTS = `
  select name, string_agg(lower("right"), ', ' order by place) as rights
  from unnest($1::text[], $2::text[]) with ordinality as needed (name, "right", place)
  where to_regclass(name) is not null and not has_table_privilege(to_regclass(name), "right")
  group by name
  order by min(place)`;

const MISSING_FUNCTIONS = `
  select name
  from unnest($1::text[], $2::text[]) as needed (name, signature)
  where to_regprocedure(signature) is not null
    and not has_function_privilege(to_regprocedure(signature), 'execute')`;
