import type { PoolClient } from 'pg';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { Logger } from '../../logging/logger.ts';
import { systemClock } from '../../time/clock.ts';
import { type DatabaseOptions, openDatabase } from '../connection/database.ts';
import { loadMigrations } from '../connection/migrate.ts';
import type { Isolation } from '../connection/session.ts';
import { thenUseTimescale } from '../extensions/timescale.ts';
import { createOldTables } from '../moving/move-old-tables.ts';

/** Runs work in a transaction, see `Database.run`. */
export type RunInDatabase = <T>(
  work: (client: PoolClient) => Promise<T>,
  statementTimeoutMs?: number,
  isolation?: Isolation,
) => Promise<T>;

/**
 * Connects to a database, runs work and disconnects. The server's provider is stopped, and connections are closed, also when work
 * fails; what it has not committed is rolled back.
 *
 * @param signal aborts starting the server, connecting and migrating; work observes it itself
 * @throws the reason why the database is refused or unavailable, or that of the signal
 */
export async function withProvider<T>(
  log: Logger,
  provider: DatabaseOptions['provider'],
  work: (run: RunInDatabase) => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  const database = openDatabase({
    provider,
    loadMigrations,
    beforeReady: thenUseTimescale(
      createOldTables({ clock: systemClock, log, report: () => undefined }).moveCandles,
    ),
    givesUp: true,
    clock: systemClock,
    log,
    random: Math.random,
  });
  const unusable = Promise.withResolvers<never>();
  unusable.promise.catch(() => undefined);
  database.subscribe((state) => {
    if (state.status === 'refused') unusable.reject(new MessageError(state.error));
  });
  database.start();
  try {
    await Promise.race([database.whenReady(signal), unusable.promise]);
    return await work(database.run);
  } finally {
    await database.stop();
  }
}
