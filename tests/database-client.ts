import { Client, type ClientConfig, Pool, type PoolConfig } from 'pg';

/** The running query, or the next one, fails with the same error. */
const ignore = (): void => undefined;

/** A connection for tests. Without an error listener, a connection that the server closes would end the runner and not only the test. */
export function databaseClient(config: string | ClientConfig): Client {
  return new Client(config).on('error', ignore);
}

/** A pool of such connections. The pool's own error listener covers only idle connections. */
export function databasePool(config: PoolConfig): Pool {
  return new Pool(config).on('error', ignore).on('connect', (client) => client.on('error', ignore));
}
