import { chosenDataDir, chosenFlags } from '../monitor/settings/flags.ts';
import { readSettings } from '../monitor/settings/read-settings.ts';

/**
 * The quote currency that a command uses: from the flag, the environment or settings.json, or else US dollars.
 *
 * @throws FlagError when the flag is invalid, SettingsError when the variable or settings.json is
 */
export function chosenCurrency(
  options: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return readSettings(['vsCurrency'], chosenDataDir(options, env), env, chosenFlags(options)).vsCurrency;
}
