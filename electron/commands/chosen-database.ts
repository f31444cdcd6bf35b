import type { Logger } from '../monitor/logging/logger.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { chosenDataDir } from '../monitor/settings/flags.ts';
import { readSettings } from '../monitor/settings/read-settings.ts';
import type { DatabaseChoice } from './with-database.ts';

/**
 * The database that a command uses: of its flag, the environment, settings.json, or the embedded one. The file is only read: the
 * program may be running on the folder.
 *
 * @throws SettingsError when the variable or settings.json is wrong, since it is then unknown which database is wanted
 */
export function chosenDatabase(options: Readonly<Record<string, unknown>>, log: Logger): DatabaseChoice {
  const env = withSecretsFromFiles(process.env);
  const dataDir = chosenDataDir(options, env);
  const databaseUrl =
    typeof options.databaseUrl === 'string'
      ? options.databaseUrl
      : readSettings(['databaseUrl'], dataDir, env).databaseUrl;
  return { dataDir, databaseUrl, log };
}
