import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import type { Logger } from '../../../logging/logger.ts';
import { systemClock } from '../../../time/clock.ts';
import { type Migration, migrate } from '../../connection/migrate.ts';
import { isMissingRight } from '../../connection/missing-rights.ts';
import { openPool } from '../../connection/open-pool.ts';
import type { DatabaseProvider } from '../../connection/provider.ts';
import { openSession } from '../../connection/session.ts';
import { createTransact } from '../../connection/transaction.ts';
import { thenUseTimescale } from '../../extensions/timescale.ts';
import { createOldTables } from '../../moving/move-old-tables.ts';
import type { RunInDatabase } from '../../work/with-provider.ts';

/** A database whose tables may have any version or not exist. */
export type RestoreServer = {
  readonly run: RunInDatabase;
  /** Applies these migrations. */
  migrate(migrations: readonly Migration[]): Promise<void>;
};

/**
 * Connects to a database for a restore, without creating or migrating its tables first.
 *
 * @throws MessageError when the database cannot be used or the connection is lost
 */
export async function withRestoreServer<T>(
  log: Logger,
  makeProvider: (onLoss: (error: Error) => void) => DatabaseProvider,
  work: (server: RestoreServer) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const onLoss = (error: Error): void => lost.abort(error);
  const provider = makeProvider(onLoss);
  try {
    const { config, options } = await provider.provide();
    const { pool } = openPool(config, log, onLoss);
    try {
      const transact = createTransact(pool, lost.signal);
      const session = await openSession(transact, options);
      const oldTables = createOldTables({ clock: systemClock, log, report: () => undefined });
      const prepare = thenUseTimescale(oldTables.moveCandles);
      return await work({
        run: (each, timeoutMs, isolation) => transact(session.begin(timeoutMs, isolation), each),
        async migrate(migrations) {
          await migrate(transact, session, migrations);
          await prepare(transact, session, lost.signal);
        },
      });
    } finally {
      await pool.end();
    }
  } catch (error) {
    if (error instanceof MessageError || error instanceof DOMException) throw error;
    if (isMissingRight(error)) {
      const content = message('restore.not-owner', { said: error.message });
      throw new MessageError(content, { cause: error });
    }
    throw new MessageError(provider.describe(error), { cause: error });
  } finally {
    await provider.stop();
  }
}
