import { join } from 'node:path';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { chosenDataDir, chosenFlags } from '../monitor/settings/flags.ts';
import { openSettings, type SettingsStore } from '../monitor/settings/settings.ts';
import { openStoredNotices } from '../monitor/status/stored-notices.ts';

export type CommandSettings = {
  readonly dataDir: string;
  /** The environment, with secrets read from the files that `*_FILE` variables name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: SettingsStore;
};

/** The settings of a command that uses the database and data folders: from its flags, the environment and settings.json. */
export function openCommandSettings(options: Readonly<Record<string, unknown>>): CommandSettings {
  const env = withSecretsFromFiles(process.env);
  const dataDir = chosenDataDir(options, env);
  const settings = openSettings({
    path: join(dataDir, 'settings.json'),
    flags: chosenFlags(options),
    env,
    notices: openStoredNotices(join(dataDir, 'notices.json')),
  });
  return { dataDir, env, settings };
}
