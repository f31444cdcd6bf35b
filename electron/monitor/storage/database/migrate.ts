import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolClient, QueryConfig } from 'pg';
import { packageRoot } from '../../package-root.ts';

/** The program will not use this database, and trying again would not change that. The message says why. */
export class RefusedDatabase extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RefusedDatabase';
  }
}

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
 * the same time wait for each other. Throws `RefusedDatabase` when the database is newer than the program, or was made
 * by migrations that differ from ours.
 */
export async function migrate(client: PoolClient, migrations: readonly Migration[]): Promise<void> {
  if (pending(await readApplied(client), migrations).length === 0) return;
  await client.query('set statement_timeout = 0');
  await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
  try {
    // Read again: another program may have applied them while we waited.
    for (const migration of pending(await readApplied(client), migrations)) await apply(client, migration);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK_KEY]);
    await client.query('reset statement_timeout');
  }
}

async function readApplied(client: PoolClient): Promise<readonly AppliedMigration[]> {
  const found = await client.query<{ there: boolean }>(
    `select to_regclass('schema_migrations') is not null as there`,
  );
  if (found.rows[0]?.there !== true) return [];
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

async function apply(client: PoolClient, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`
      create table if not exists schema_migrations (
        version integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`);
    // Years of candles take longer than an answer is usually waited for; types of `pg` as for REFRESH of the daily view.
    const patient: QueryConfig & { readonly query_timeout: number } = {
      text: migration.sql,
      query_timeout: PATIENCE_MS,
    };
    await client.query(patient);
    await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
