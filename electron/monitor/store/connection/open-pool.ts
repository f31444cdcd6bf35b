import { Socket } from 'node:net';
import { Pool, type PoolConfig } from 'pg';
import type { Logger } from '../../logging/logger.ts';
import { isEndOfIdleSession } from './connection-error.ts';
import { GuardedClient } from './guarded-client.ts';

export type OpenedPool = {
  readonly pool: Pool;
  /** Destroys all connections immediately, including those being opened, which `pool.end()` would wait for. */
  cut(): void;
};

/** How long a server may not respond during a query; slightly longer than the statement timeout. */
const QUERY_TIMEOUT_MS = 90_000;

/**
 * Opens a pool of a few connections, by default five: two for the writer, and the others for reads. No session parameters are
 * sent at connection start, because poolers reject them; required settings are set in each transaction
 * (`session.ts`).
 *
 * @param onLoss called when an idle connection breaks, the first sign that the server is gone
 */
export function openPool(
  config: PoolConfig,
  log: Logger,
  onLoss: (error: Error) => void,
  max = 5,
): OpenedPool {
  const sockets = new Set<Socket>();
  const pool = new Pool({
    application_name: 'crypto-price-monitor',
    connectionTimeoutMillis: 10_000,
    ...config,
    Client: GuardedClient,
    max,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    query_timeout: QUERY_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  });
  // Without a listener, a broken connection would end the program. The pool listens only to idle ones.
  pool.on('error', (error) => {
    if (!isEndOfIdleSession(error)) onLoss(error);
  });
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug({ err: error }, 'a database connection broke'));
  });
  return {
    pool,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
