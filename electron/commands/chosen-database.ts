import type { Logger } from '../monitor/logging/logger.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { chosenDataDir } from '../monitor/settings/flags.ts';
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
 * @throws SettingsError when the variable or settings.json is invalid, because the wanted database is then unknown
 */
export function chosenDatabaseUrl(
  options: Readonly<Record<string, unknown>>,
): Pick<DatabaseChoice, 'dataDir' | 'databaseUrl'> {
  const env = withSecretsFromFiles(process.env);
  const dataDir = chosenDataDir(options, env);
  if (typeof options.databaseUrl === 'string') return { dataDir, databaseUrl: options.databaseUrl };
  return { dataDir, databaseUrl: readSettings(['databaseUrl'], dataDir, env).databaseUrl };
}
