import { join } from 'node:path';
import { DEFAULT_SETTINGS } from '../../shared/settings/settings.ts';
import { chosenDataDir } from '../monitor/settings/flags.ts';
import { readSettingsFile } from '../monitor/settings/settings-file.ts';

type Options = Readonly<Record<string, unknown>>;

/** The quote currency that a command uses: from the flag, the environment or settings.json, or else US dollars. */
export function chosenCurrency(options: Options, env: Readonly<Record<string, string | undefined>>): string {
  const given = typeof options.vsCurrency === 'string' ? options.vsCurrency : env.MONITOR_VS_CURRENCY;
  const chosen =
    given?.trim() || readSettingsFile(join(chosenDataDir(options, env), 'settings.json')).vsCurrency;
  return (chosen ?? DEFAULT_SETTINGS.vsCurrency).toLowerCase();
}
