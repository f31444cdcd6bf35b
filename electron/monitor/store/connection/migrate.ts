import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClientBase, DatabaseError, escapeIdentifier, type QueryConfig } from 'pg';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { packageRoot } from '../../files/package-root.ts';
import { foldLater } from './fold-later.ts';
import { RefusedDatabase } from './refused-database.ts';
import type { Session } from './session.ts';
import type { Transact } from './transaction.ts';

export type Migration = {
  readonly version: number;
  readonly name: string;
  /**
   * SHA-256 of the text with `
   * ` line ends, so that it is the same in a checkout on Windows.
   */
  readonly checksum: string;
  /** The SQL that is executed: the text, without work that is done later, in steps. */
  readonly sql: string;
};

type AppliedMigration = Pick<Migration, 'version' | 'name' | 'checksum'>;

/** An arbitrary number that no other program is likely to use for a lock on the same database. */
const LOCK_KEY = 7_206_341_119;

/** A migration may read all candles, so it gets a long timeout. */
const MIGRATION_TIMEOUT_MS = 86_400_000;

const FOLDING = '0012_history_folds.sql';

/** The migrations in `sql/`, in order: `0001_name.sql` has version 1. */
export async function loadMigrations(folder = join(packageRoot(), 'sql')): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}_\w+\.sql$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const sql = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
      return {
        version: Number(file.slice(0, 4)),
        name: file.slice(5, -'.sql'.length),
        checksum: createHash('sha256').update(sql).digest('hex'),
        sql: file === FOLDING ? foldLater(sql) : sql,
      };
    }),
  );
}

/**
 * Applies the pending migrations, each in its own transaction. Programs that start at the same time wait for each
 * other.
 *
 * @throws RefusedDatabase with what to do when the database is newer than the program, was created by different
 * migrations, or contains conflicting objects
 */
export async function migrate(
  transact: Transact,
  session: Session,
  migrations: readonly Migration[],
): Promise<void> {
  const applied = await transact(session.begin(), readApplied);
  for (let { length } = pending(applied, migrations); length > 0; length--) {
    await orRefusal(transact, session, () =>
      transact(session.begin(0), (client) => applyNext(client, migrations)),
    );
  }
}

/** Runs work that changes tables; throws what the user has to do first when it cannot be done. */
export async function orRefusal<T>(transact: Transact, session: Session, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw (await refusalOf(error, transact, session)) ?? error;
  }
}

async function readApplied(client: ClientBase): Promise<readonly AppliedMigration[]> {
  const found = await client.query<{ there: boolean }>(
    `select to_regclass('schema_migrations') is not null as there`,
  );
  return found.rows[0]?.there === true ? readRecords(client) : [];
}

async function readRecords(client: ClientBase): Promise<readonly AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    'select version, name, checksum from schema_migrations order by version',
  );
  return rows;
}

/** The program's migrations that the database lacks. */
function pending(applied: readonly AppliedMigration[], ours: readonly Migration[]): readonly Migration[] {
  const newest = ours.at(-1)?.version ?? 0;
  const byVersion = new Map(ours.map((migration) => [migration.version, migration]));
  for (const { version, name, checksum } of applied) {
    const own = byVersion.get(version);
    if (own === undefined) {
      throw new RefusedDatabase(message('database.newer', { version, name, newest }));
    }
    if (own.checksum !== checksum) {
      throw new RefusedDatabase(message('database.other-migration', { version, name }));
    }
  }
  const done = new Set(applied.map(({ version }) => version));
  return ours.filter(({ version }) => !done.has(version));
}

/** Applies the first pending migration, if there still is one. */
async function applyNext(client: ClientBase, migrations: readonly Migration[]): Promise<void> {
  // A transaction-level lock: a pooler may run the next transaction in another session.
  await client.query(withLongTimeout('select pg_advisory_xact_lock($1)', [LOCK_KEY]));
  await client.query(`
    create table if not exists schema_migrations (
      version integer primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  // Another program may have applied it during the wait. This does not use to_regclass, which may read a catalog
  // cache from before the wait.
  const [migration] = pending(await readRecords(client), migrations);
  if (migration === undefined) return;
  await client.query(withLongTimeout(migration.sql));
  await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.checksum,
  ]);
}

/** `pg` supports `query_timeout` per query, but its types have it only per connection. */
export function withLongTimeout(
  text: string,
  values?: unknown[],
): QueryConfig & { readonly query_timeout: number } {
  return { text, ...(values === undefined ? {} : { values }), query_timeout: MIGRATION_TIMEOUT_MS };
}

const DUPLICATE_TABLE = '42P07';
const DEPENDENT_OBJECTS = '2BP01';
const INSUFFICIENT_PRIVILEGE = '42501';

/** The error with what the user has to do before the migration can be applied; null for an error that may be temporary. */
async function refusalOf(
  error: unknown,
  transact: Transact,
  { schema, user, begin }: Session,
): Promise<Error | null> {
  if (!(error instanceof DatabaseError)) return null;
  const refused = (content: Message): RefusedDatabase => new RefusedDatabase(content, { cause: error });
  const role = escapeIdentifier(user);
  const said = error.message;
  switch (error.code) {
    case DUPLICATE_TABLE:
      return refused(message('database.foreign-table', { schema, said, role }));
    case DEPENDENT_OBJECTS:
      // Not a RefusedDatabase, so that it is retried soon: the user is expected to fix it.
      return dependentObjectsError(error);
    case INSUFFICIENT_PRIVILEGE: {
      const owner = await transact(begin(), readOwner);
      if (owner === null || owner === user) {
        const fix = `grant create on schema ${escapeIdentifier(schema)} to ${role};`;
        return refused(message('database.may-not-create', { user, schema, fix }));
      }
      const fix = `grant ${escapeIdentifier(owner)} to ${role};`;
      return refused(message('database.other-owner', { schema, owner, fix }));
    }
    default:
      return null;
  }
}

/** An error that names the objects that depend on those to be dropped; null for any other error. */
export function dependentObjectsError(error: unknown): MessageError | null {
  if (!(error instanceof DatabaseError) || error.code !== DEPENDENT_OBJECTS) return null;
  const content = message('database.dependents', { said: error.message, detail: error.detail ?? '' });
  return new MessageError(content, { cause: error });
}

/** The owner of the program's tables; null when there are none. */
async function readOwner(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ owner: string }>(
    `select pg_get_userbyid(relowner)::text as owner from pg_class where oid = to_regclass('schema_migrations')`,
  );
  return rows[0]?.owner ?? null;
}
