import type { Logger } from '../monitor/logging/logger.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { chosenDataDir, chosenFlags } from '../monitor/settings/flags.ts';
import { readSettings } from '../monitor/settings/read-settings.ts';
import type { DatabaseChoice } from './with-database.ts';

/** The database that a command uses, see `chosenDatabaseUrl`, and where it logs. */
export function chosenDatabase(options: Readonly<Record<string, unknown>>, log: Logger): DatabaseChoice {
  return { ...chosenDatabaseUrl(options), log };
}

/**
 * The database that a command uses: from the flag, the environment or settings.json, or else the embedded one. The file is only
 * read, because the program may be running on the folder.
 *
 * @throws FlagError when the flag is invalid; SettingsError when the variable or settings.json is, because the wanted database is then
 * unknown
 */
export function chosenDatabaseUrl(
  options: Readonly<Record<string, unknown>>,
): Pick<DatabaseChoice, 'dataDir' | 'databaseUrl'> {
  const env = withSecretsFromFiles(process.env);
  const dataDir = chosenDataDir(options, env);
  const { databaseUrl } = readSettings(['databaseUrl'], dataDir, env, chosenFlags(options));
  return { dataDir, databaseUrl };
}
