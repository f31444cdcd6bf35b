import { Command } from 'commander';
import { message, t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { hidePassword } from '../monitor/secrets/database-password.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { embeddedConnectionUrl } from '../monitor/store/postgres/embedded-url.ts';
import { chosenDatabaseUrl } from './chosen-database.ts';

/** `database-url`: prints the connection URL of the embedded server while it runs, for psql and other clients. */
export function databaseUrlCommand(): Command {
  const command = new Command('database-url').description(t('help.database-command'));
  addFlags(command, ['databaseUrl']);
  return command.action(async (options: Readonly<Record<string, unknown>>) => {
    const { dataDir, databaseUrl } = chosenDatabaseUrl(options);
    if (databaseUrl !== '')
      throw new MessageError(message('command.own-database', { url: hidePassword(databaseUrl) }));
    process.stdout.write(`${await embeddedConnectionUrl(dataDir)}\n`);
  });
}
