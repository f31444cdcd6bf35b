import { Socket } from 'node:net';
import { Pool, type PoolConfig } from 'pg';
import type { Log } from '../../log.ts';

export type OpenedPool = {
  readonly pool: Pool;
  /** Breaks all connections at once, also those that are being made, which `pool.end()` would wait for. */
  cut(): void;
};

/**
 * A few connections: the writer's, the view's and two for reads. Statements that take too long are ended by the server,
 * and a server that went silent is given up a little later.
 *
 * @param onLoss called when an idle connection breaks: the first sign that the server went away
 */
export function openPool(config: PoolConfig, log: Log, onLoss: (error: Error) => void): OpenedPool {
  const sockets = new Set<Socket>();
  const pool = new Pool({
    ...config,
    max: 4,
    application_name: 'crypto-price-monitor',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
    query_timeout: 90_000,
    idleTimeoutMillis: 60_000,
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  });
  // Without a listener, Node ends the program when a connection breaks. The pool listens on idle ones only.
  pool.on('error', onLoss);
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
