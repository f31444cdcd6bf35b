import { join } from 'node:path';
import { DEFAULT_SETTINGS, type SettingName, type Settings } from '../../../shared/settings/settings.ts';
import type { FileSettings } from './parse-settings.ts';
import { settingFromText } from './setting-from-text.ts';
import { SETTING_SOURCES } from './setting-sources.ts';
import { readSettingsFile } from './settings-file.ts';

/**
 * Some settings as a program with these flags and this environment has them: from a flag, a variable, settings.json or the default.
 * The file is only read, so that a program that uses the folder is not disturbed.
 *
 * @param flags texts of flags by setting; an empty one has a meaning only for the database URL
 * @throws FlagError when a flag is invalid, SettingsError when a variable or the file is
 */
export function readSettings<Name extends SettingName>(
  names: readonly Name[],
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Partial<Record<SettingName, string>>> = {},
): Pick<Settings, Name> {
  let file: FileSettings | null = null;
  const ofFile = (): FileSettings => {
    file ??= readSettingsFile(join(dataDir, 'settings.json'));
    return file;
  };
  const readOne = (name: Name): unknown => {
    const { env: variable, flag } = SETTING_SOURCES[name];
    const fromFlag = flags[name];
    if (fromFlag !== undefined && (fromFlag !== '' || name === 'databaseUrl'))
      return settingFromText(name, fromFlag, { kind: 'flag', label: flag?.name ?? name });
    const fromVariable = variable === null ? undefined : env[variable];
    // An empty variable counts as unset.
    if (variable !== null && fromVariable)
      return settingFromText(name, fromVariable, { kind: 'variable', label: variable });
    return ofFile()[name] ?? DEFAULT_SETTINGS[name];
  };
  return Object.fromEntries(names.map((name) => [name, readOne(name)])) as Pick<Settings, Name>;
}
