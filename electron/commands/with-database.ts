import { existsSync } from 'node:fs';
import { message } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { claimDataDir } from '../monitor/files/data-dir.ts';
import type { Logger } from '../monitor/logging/logger.ts';
import { embeddedProvider, externalProvider } from '../monitor/store/connection/provider.ts';
import { clusterPaths } from '../monitor/store/postgres/cluster-paths.ts';
import { embeddedConnectionUrl } from '../monitor/store/postgres/embedded-url.ts';
import { upgradeCluster } from '../monitor/store/upgrade/upgrade-cluster.ts';
import { type RunInDatabase, withProvider } from '../monitor/store/work/with-provider.ts';

export type DatabaseChoice = {
  readonly dataDir: string;
  /** Connection URL of the user's own PostgreSQL; empty for the embedded one. */
  readonly databaseUrl: string;
  readonly log: Logger;
};

/**
 * Runs a command's work on the program's database, whether or not the program is running: the user's own, the running embedded
 * server, or the embedded server started for the duration of the work.
 *
 * @param signal aborts starting the server, connecting and migrating; `work` has to observe it itself
 * @throws the signal's reason; the error with which the database rejected or failed the connection; DataDirError when the data
 * folder cannot be used
 */
export async function withDatabase<T>(
  choice: DatabaseChoice,
  work: (run: RunInDatabase) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const { dataDir, databaseUrl, log } = choice;
  const url = databaseUrl || (await runningServer(dataDir));
  if (url !== null) return withProvider(log, () => externalProvider(url), work, signal);
  const { cluster } = clusterPaths(dataDir);
  if (!existsSync(cluster)) {
    throw new MessageError(message('command.no-database', { folder: cluster }));
  }
  const claimed = claimDataDir(dataDir);
  try {
    const beforeStart = (): Promise<void> => upgradeCluster(claimed.path, { log, report: () => undefined });
    return await withProvider(
      log,
      (onLoss) => embeddedProvider(claimed.path, log, onLoss, beforeStart),
      work,
      signal,
    );
  } finally {
    claimed.release();
  }
}

/** The URL of the embedded server if it is running, or null. */
async function runningServer(dataDir: string): Promise<string | null> {
  try {
    return await embeddedConnectionUrl(dataDir);
  } catch {
    return null; // not running: `withDatabase` starts it
  }
}
