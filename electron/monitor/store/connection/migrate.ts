import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClientBase, DatabaseError, escapeIdentifier, type QueryConfig } from 'pg';
import { packageRoot } from '../../files/package-root.ts';
import { asSentence } from '../../status/as-sentence.ts';
import { RefusedDatabase } from './refused-database.ts';
import { ownSchemaAdvice, type Session } from './session.ts';
import type { Transact } from './transaction.ts';

export type Migration = {
  readonly version: number;
  readonly name: string;
  /** SHA-256 of the text with `\n` line ends, so that a checkout on Windows has the same. */
  readonly checksum: string;
  readonly sql: string;
};

type AppliedMigration = Pick<Migration, 'version' | 'name' | 'checksum'>;

/** Any number will do that no other program takes for its own lock on the same database. */
const LOCK_KEY = 7_206_341_119;

/** A migration may read all candles: a server that works on it is not given up like one that went silent. */
const PATIENCE_MS = 86_400_000;

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
        sql,
      };
    }),
  );
}

/**
 * Brings the database up to the program's version, each migration in a transaction of its own. Programs that start at
 * the same time wait for each other.
 *
 * @throws RefusedDatabase when the database is newer than the program, was made by migrations that differ from ours, or
 *   something there is in their way; it says what to do
 */
export async function migrate(
  transact: Transact,
  session: Session,
  migrations: readonly Migration[],
): Promise<void> {
  const applied = await transact(session.begin(), readApplied);
  for (let { length } = pending(applied, migrations); length > 0; length--) {
    try {
      await transact(session.begin(0), (client) => applyNext(client, migrations));
    } catch (error) {
      throw (await refusalOf(error, transact, session)) ?? error;
    }
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

/** Our migrations that the database lacks. */
function pending(applied: readonly AppliedMigration[], ours: readonly Migration[]): readonly Migration[] {
  const newest = ours.at(-1)?.version ?? 0;
  const byVersion = new Map(ours.map((migration) => [migration.version, migration]));
  for (const { version, name, checksum } of applied) {
    const own = byVersion.get(version);
    if (own === undefined) {
      throw new RefusedDatabase(
        `The database was made by a newer version of the program: it has migration ${version} (${name}), ` +
          `this version knows up to ${newest}. Update the program, or use another database.`,
      );
    }
    if (own.checksum !== checksum) {
      throw new RefusedDatabase(
        `Migration ${version} (${name}) was applied to this database with another text than this version has. ` +
          'Reinstall the version that made the database, or use another database.',
      );
    }
  }
  const done = new Set(applied.map(({ version }) => version));
  return ours.filter(({ version }) => !done.has(version));
}

/** Applies the first migration that the database lacks, if there is still one. */
async function applyNext(client: ClientBase, migrations: readonly Migration[]): Promise<void> {
  // Held until the end of the transaction, as a pooler may give the next one another session.
  await client.query(patient('select pg_advisory_xact_lock($1)', [LOCK_KEY]));
  await client.query(`
    create table if not exists schema_migrations (
      version integer primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  // Another program may have applied it while we waited. Not asked by to_regclass: within a transaction it may go by what
  // the server remembers from before the wait.
  const [migration] = pending(await readRecords(client), migrations);
  if (migration === undefined) return;
  await client.query(patient(migration.sql));
  await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.checksum,
  ]);
}

/** `query_timeout` is a query's own; the types of `pg` know it for a whole connection only. */
function patient(text: string, values?: unknown[]): QueryConfig & { readonly query_timeout: number } {
  return { text, ...(values === undefined ? {} : { values }), query_timeout: PATIENCE_MS };
}

const DUPLICATE_TABLE = '42P07';
const DEPENDENT_OBJECTS = '2BP01';
const INSUFFICIENT_PRIVILEGE = '42501';

/** What somebody has to do before a migration can be applied; null for an error that may pass. */
async function refusalOf(
  error: unknown,
  transact: Transact,
  { schema, user, begin }: Session,
): Promise<Error | null> {
  if (!(error instanceof DatabaseError)) return null;
  const refused = (message: string): RefusedDatabase => new RefusedDatabase(message, { cause: error });
  switch (error.code) {
    case DUPLICATE_TABLE:
      return refused(
        `The schema "${schema}" has a table of another program: ${asSentence(error.message)} ${ownSchemaAdvice(user)}`,
      );
    case DEPENDENT_OBJECTS:
      // Tried again as soon as any other failure: somebody who reads this is at it.
      return new Error(
        `${asSentence(error.message)} Drop them: ${asSentence(error.detail ?? '')} The program then goes on by itself, ` +
          'and you can make them again.',
        { cause: error },
      );
    case INSUFFICIENT_PRIVILEGE: {
      const owner = await transact(begin(), readOwner);
      const role = escapeIdentifier(user);
      return owner === null || owner === user
        ? refused(
            `The user "${user}" may not create tables in the schema "${schema}". Run as its owner: ` +
              `grant create on schema ${escapeIdentifier(schema)} to ${role};`,
          )
        : refused(
            `The tables in the schema "${schema}" belong to "${owner}", and only their owner can update them. Connect as ` +
              `"${owner}", or run: grant ${escapeIdentifier(owner)} to ${role};`,
          );
    }
    default:
      return null;
  }
}

/** Who made our tables; null when there are none. */
async function readOwner(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ owner: string }>(
    `select pg_get_userbyid(relowner)::text as owner from pg_class where oid = to_regclass('schema_migrations')`,
  );
  return rows[0]?.owner ?? null;
}
