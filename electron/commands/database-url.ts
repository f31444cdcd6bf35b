import { Command } from 'commander';
import { message, t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { hidePassword } from '../monitor/secrets/database-password.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { addFlags, chosenDataDir } from '../monitor/settings/flags.ts';
import { embeddedConnectionUrl } from '../monitor/store/postgres/embedded-url.ts';

/** `database-url`: prints the connection URL of the embedded server while it runs, for psql and other clients. */
export function databaseUrlCommand(): Command {
  const command = new Command('database-url').description(t('help.database-command'));
  addFlags(command, ['databaseUrl']);
  return command.action(async (options: Readonly<Record<string, unknown>>) => {
    const own =
      typeof options.databaseUrl === 'string'
        ? options.databaseUrl
        : withSecretsFromFiles(process.env).DATABASE_URL;
    if (own) {
      throw new MessageError(message('command.own-database', { url: hidePassword(own) }));
    }
    process.stdout.write(`${await embeddedConnectionUrl(chosenDataDir(options, process.env))}\n`);
  });
}
