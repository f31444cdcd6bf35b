import { existsSync } from 'node:fs';
import type { PoolClient } from 'pg';
import { message } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { claimDataDir } from '../monitor/files/data-dir.ts';
import type { Logger } from '../monitor/logging/logger.ts';
import { openDatabase } from '../monitor/store/connection/database.ts';
import { loadMigrations } from '../monitor/store/connection/migrate.ts';
import { embeddedProvider, externalProvider } from '../monitor/store/connection/provider.ts';
import { createOldTables } from '../monitor/store/moving/move-old-tables.ts';
import { clusterPaths } from '../monitor/store/postgres/cluster-paths.ts';
import { embeddedConnectionUrl } from '../monitor/store/postgres/embedded-url.ts';
import { systemClock } from '../monitor/time/clock.ts';

/** Runs work in a transaction, see `Database.run`. */
export type RunInDatabase = <T>(
  work: (client: PoolClient) => Promise<T>,
  statementTimeoutMs?: number,
) => Promise<T>;

export type DatabaseChoice = {
  readonly dataDir: string;
  /** Connection URL of the user's own PostgreSQL; empty for the embedded one. */
  readonly databaseUrl: string;
  readonly log: Logger;
};

/**
 * Gives a command the database of the program, whether or not the program runs: the user's own, the embedded server that
 * runs, or the embedded server started for as long as the work takes.
 *
 * @throws what the database is refused or unavailable for; DataDirError when the data folder cannot be used
 */
export async function withDatabase<T>(
  choice: DatabaseChoice,
  work: (run: RunInDatabase) => Promise<T>,
): Promise<T> {
  const { dataDir, databaseUrl, log } = choice;
  const url = databaseUrl || (await runningServer(dataDir));
  if (url !== null) return withProvider(log, () => externalProvider(url), work);
  const { cluster } = clusterPaths(dataDir);
  if (!existsSync(cluster)) {
    throw new MessageError(message('command.no-database', { folder: cluster }));
  }
  const claimed = claimDataDir(dataDir);
  try {
    return await withProvider(log, (onLoss) => embeddedProvider(claimed.path, log, onLoss), work);
  } finally {
    claimed.release();
  }
}

/** The URL of the embedded server while the program runs, or null. */
async function runningServer(dataDir: string): Promise<string | null> {
  try {
    return await embeddedConnectionUrl(dataDir);
  } catch {
    return null; // it does not run: the work starts it
  }
}

async function withProvider<T>(
  log: Logger,
  provider: Parameters<typeof openDatabase>[0]['provider'],
  work: (run: RunInDatabase) => Promise<T>,
): Promise<T> {
  const database = openDatabase({
    provider,
    loadMigrations,
    beforeReady: createOldTables({ clock: systemClock, log, report: () => undefined }).moveCandles,
    clock: systemClock,
    log,
    random: Math.random,
  });
  const unusable = Promise.withResolvers<never>();
  unusable.promise.catch(() => undefined);
  // The program would try again for ever; who waits for a command wants to know.
  database.subscribe((state) => {
    if (state.status === 'down' || state.status === 'refused') unusable.reject(new MessageError(state.error));
  });
  database.start();
  try {
    await Promise.race([database.whenReady(new AbortController().signal), unusable.promise]);
    return await work((each, statementTimeoutMs) => database.run(each, statementTimeoutMs));
  } finally {
    await database.stop();
  }
}
