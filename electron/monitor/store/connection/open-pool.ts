import { Socket } from 'node:net';
import { Pool, type PoolConfig } from 'pg';
import type { Logger } from '../../logging/logger.ts';
import { isEndOfIdleSession } from './connection-error.ts';
import { GuardedClient } from './guarded-client.ts';

export type OpenedPool = {
  readonly pool: Pool;
  /** Breaks all connections at once, also those that are being made, which `pool.end()` would wait for. */
  cut(): void;
};

/** How long a server may be silent in the middle of an answer; a little longer than it may work on one statement. */
const SILENCE_MS = 90_000;

/**
 * A few connections: the writer's, the view's and two for reads. Nothing is asked of a session when it starts, since
 * poolers refuse that; what we rely on is set in each transaction (`session.ts`).
 *
 * @param onLoss called when an idle connection breaks: the first sign that the server went away
 */
export function openPool(config: PoolConfig, log: Logger, onLoss: (error: Error) => void): OpenedPool {
  const sockets = new Set<Socket>();
  const pool = new Pool({
    application_name: 'crypto-price-monitor',
    connectionTimeoutMillis: 10_000,
    ...config,
    Client: GuardedClient,
    max: 4,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    query_timeout: SILENCE_MS,
    idleTimeoutMillis: 60_000,
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  });
  // Without a listener, Node ends the program when a connection breaks. The pool listens on idle ones only.
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
