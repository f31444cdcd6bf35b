import { Client, type PoolConfig } from 'pg';
import type { Log } from '../../log.ts';
import type { EmbeddedConnection } from '../postgres/connection-url.ts';
import { createEmbeddedServer } from '../postgres/embedded-server.ts';
import { type ConnectionTarget, describeConnectionError, isConnectionLoss } from './connection-error.ts';
import { RefusedDatabase } from './migrate.ts';

/** Where the database comes from. */
export type DatabaseProvider = {
  readonly kind: 'embedded' | 'external';
  /** Makes the server ready, as far as that is ours to do, and tells how to connect. */
  provide(): Promise<PoolConfig>;
  /** An error of connecting, in words for the user. */
  describe(error: unknown): string;
  stop(): Promise<void>;
};

/** The user's own PostgreSQL. */
export function externalProvider(url: string): DatabaseProvider {
  return {
    kind: 'external',
    async provide() {
      readTarget(url);
      return { connectionString: url };
    },
    describe: (error) =>
      error instanceof RefusedDatabase ? error.message : describeConnectionError(error, readTarget(url)),
    stop: async () => undefined,
  };
}

/** Asks `pg`, which also knows the PG… variables and defaults for what the URL leaves out. */
function readTarget(url: string): ConnectionTarget {
  try {
    const { host, port, user, database } = new Client({ connectionString: url });
    return { host, port, user: user ?? '', database: database ?? '' };
  } catch {
    // The error holds the URL, and with it the password.
    throw new RefusedDatabase(
      'DATABASE_URL is not a connection URL. It looks like postgresql://user:password@host:5432/database.',
    );
  }
}

/** The PostgreSQL that the program brings along. `onExit` is called when it ends without having been asked to. */
export function embeddedProvider(
  dataDir: string,
  log: Log,
  onExit: (error: Error) => void,
): DatabaseProvider {
  const server = createEmbeddedServer(dataDir, log, onExit);
  return {
    kind: 'embedded',
    async provide() {
      // `ssl: false` also when PGSSLMODE is set: the server has no certificate, and the way to it is on this machine.
      let connection = { ...(await server.start()), ssl: false };
      try {
        await ensureDatabase(connection);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === INVALID_PASSWORD)) throw error;
        connection = { ...(await server.adoptPassword()), ssl: false };
        await ensureDatabase(connection);
      }
      return connection;
    },
    describe(error) {
      const words = error instanceof Error ? error.message : String(error);
      return isConnectionLoss(error)
        ? `The embedded database stopped (${words}) and is started again.`
        : words;
    },
    stop: () => server.stop(),
  };
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html */
const INVALID_PASSWORD = '28P01';

async function ensureDatabase(connection: EmbeddedConnection): Promise<void> {
  const client = new Client({ ...connection, database: 'postgres' });
  // What goes wrong is told by the calls below.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [
      connection.database,
    ]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(connection.database)}`);
  } finally {
    await client.end();
  }
}
