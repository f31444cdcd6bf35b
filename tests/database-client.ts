import { Client, type ClientConfig, Pool, type PoolConfig } from 'pg';

/** A query that runs, or the next one, fails with the same error. */
const ignore = (): void => undefined;

/** A connection of a test. Without a listener, one that the server ends would end the runner, not only the test. */
export function databaseClient(config: string | ClientConfig): Client {
  return new Client(config).on('error', ignore);
}

/** A pool of such connections. It listens itself to those that are idle only. */
export function databasePool(config: PoolConfig): Pool {
  return new Pool(config).on('error', ignore).on('connect', (client) => client.on('error', ignore));
}
