import { Command } from 'commander';
import type { ClientBase } from 'pg';
import { t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { unlessAborted } from '../monitor/async/unless-aborted.ts';
import { createLogger, type Logger } from '../monitor/logging/logger.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { createOldTables } from '../monitor/store/moving/move-old-tables.ts';
import type { RunInDatabase } from '../monitor/store/work/with-provider.ts';
import { systemClock } from '../monitor/time/clock.ts';
import { chosenDatabase } from './chosen-database.ts';
import { untilStopped } from './until-stopped.ts';
import { withDatabase } from './with-database.ts';

type Options = { readonly databaseUrl?: string };

/**
 * `migrate`: creates or updates the tables and exits. For a database whose owner is not the user that the program connects as.
 */
export function migrateCommand(): Command {
  const command = new Command('migrate').description(t('help.migrate'));
  addFlags(command, ['databaseUrl']);
  return command.action(run);
}

async function run(options: Options): Promise<void> {
  const log = createLogger('info');
  const choice = chosenDatabase(options, log);
  // Each migration is a transaction, and so is each step of moving ticks. A stop signal rolls back the last one.
  const version = await untilStopped((signal) =>
    // Only a migrated database becomes ready.
    withDatabase(
      choice,
      async (inDatabase) => {
        await unlessAborted(signal, moveTicks(inDatabase, log, signal));
        return inDatabase(readVersion);
      },
      signal,
    ),
  );
  process.stdout.write(`${t('migrate.done', { version })}\n`);
}

/** @throws MessageError naming the first manual step that is needed before the ticks can be moved */
async function moveTicks(inDatabase: RunInDatabase, log: Logger, signal: AbortSignal): Promise<void> {
  const obstructed = new AbortController();
  const oldTables = createOldTables({
    clock: systemClock,
    log,
    report(problem) {
      if (problem === null || problem.message.code === 'database.copying-ticks') return;
      obstructed.abort(new MessageError(problem.message));
    },
  });
  await oldTables.moveTicks(inDatabase, async () => undefined, AbortSignal.any([signal, obstructed.signal]));
  obstructed.signal.throwIfAborted();
}

async function readVersion(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    'select max(version) as version from schema_migrations',
  );
  return rows[0]?.version ?? 0;
}
