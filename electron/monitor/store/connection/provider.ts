import { Client, type PoolConfig } from 'pg';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { messageOf } from '../../../../shared/messages/message-error.ts';
import type { Logger } from '../../logging/logger.ts';
import { createEmbeddedServer } from '../postgres/embedded-server.ts';
import type { EmbeddedConnection } from '../postgres/embedded-url.ts';
import { type ConnectionTarget, connectionMessage, isConnectionLoss } from './connection-error.ts';
import { planConnection } from './connection-plan.ts';
import { findServer, NoUsableServer } from './find-server.ts';
import { RefusedDatabase } from './refused-database.ts';
import type { SessionOption } from './session-options.ts';

/** How to connect to a server, and the session settings of the connection URL. */
export type ProvidedServer = { readonly config: PoolConfig; readonly options: readonly SessionOption[] };

/** Provides the database server: embedded or external. */
export type DatabaseProvider = {
  readonly kind: 'embedded' | 'external';
  /** Finds or starts the server and returns how to connect. */
  provide(): Promise<ProvidedServer>;
  /** The message for a connection error. */
  describe(error: unknown): Message;
  stop(): Promise<void>;
};

/**
 * The user's own PostgreSQL. The server is searched again for each connection, because another one may have become
 * the primary.
 */
export function externalProvider(url: string, env: NodeJS.ProcessEnv = process.env): DatabaseProvider {
  const stopping = new AbortController();
  let target: ConnectionTarget | null = null;
  return {
    kind: 'external',
    async provide() {
      const plan = planConnection(url, env);
      const found = await findServer(plan, stopping.signal);
      target = found.target;
      return { config: found.config, options: plan.options };
    },
    describe(error) {
      if (error instanceof RefusedDatabase || error instanceof NoUsableServer || target === null)
        return messageOf(error);
      return connectionMessage(error, target);
    },
    async stop() {
      stopping.abort(new Error('The program is stopping.'));
    },
  };
}

/**
 * The embedded PostgreSQL.
 *
 * @param onExit called when it exits unexpectedly
 * @param beforeStart prepares the data folder, each time before the server is started
 */
export function embeddedProvider(
  dataDir: string,
  log: Logger,
  onExit: (error: Error) => void,
  beforeStart: () => Promise<void> = async () => undefined,
): DatabaseProvider {
  const server = createEmbeddedServer(dataDir, log, onExit);
  return {
    kind: 'embedded',
    async provide() {
      await beforeStart();
      // `ssl: false` even when PGSSLMODE is set: the server has no certificate, and connections stay on this machine.
      let connection = { ...(await server.start()), ssl: false };
      try {
        await ensureDatabase(connection);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === INVALID_PASSWORD)) throw error;
        connection = { ...(await server.resetPassword()), ssl: false };
        await ensureDatabase(connection);
      }
      return { config: connection, options: [] };
    },
    describe(error) {
      const said = messageOf(error);
      return isConnectionLoss(error) ? message('database.embedded-stopped', { said }) : said;
    },
    stop: () => server.stop(),
  };
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html */
const INVALID_PASSWORD = '28P01';

async function ensureDatabase(connection: EmbeddedConnection): Promise<void> {
  const client = new Client({ ...connection, database: 'postgres' });
  // Errors are reported by the calls below.
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
