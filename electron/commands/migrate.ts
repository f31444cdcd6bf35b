import { Command } from 'commander';
import { t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { createOldTables } from '../monitor/store/moving/move-old-tables.ts';
import { systemClock } from '../monitor/time/clock.ts';
import { chosenDatabase } from './chosen-database.ts';
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
  const stopping = new AbortController();
  /** The first manual step before the ticks can be moved. */
  let obstacle: MessageError | null = null;
  // Only a migrated database becomes ready.
  const version = await withDatabase(choice, async (inDatabase) => {
    const oldTables = createOldTables({
      clock: systemClock,
      log,
      report(problem) {
        if (problem === null || problem.message.code === 'database.copying-ticks') return;
        obstacle = new MessageError(problem.message);
        stopping.abort();
      },
    });
    await oldTables.moveTicks(inDatabase, async () => undefined, stopping.signal);
    if (obstacle !== null) throw obstacle;
    return inDatabase(async (client) => {
      const { rows } = await client.query<{ version: number }>(
        'select max(version) as version from schema_migrations',
      );
      return rows[0]?.version ?? 0;
    });
  });
  process.stdout.write(`${t('migrate.done', { version })}\n`);
}
