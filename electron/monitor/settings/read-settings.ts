import { join } from 'node:path';
import { message } from '../../../shared/messages/message.ts';
import { DEFAULT_SETTINGS, type SettingName, type Settings } from '../../../shared/settings/settings.ts';
import { describeIssues } from './describe-issues.ts';
import type { FileSettings } from './parse-settings.ts';
import { settingSchema } from './setting-schema.ts';
import { SETTING_SOURCES } from './setting-sources.ts';
import { SettingsError } from './settings-error.ts';
import { readSettingsFile } from './settings-file.ts';

/**
 * Some settings as a program with this environment has them: from a variable, settings.json or the default. The file is only
 * read, so that a program that uses the folder is not disturbed.
 *
 * @throws SettingsError when a variable or the file is invalid; without their values, which may contain a password
 */
export function readSettings<Name extends SettingName>(
  names: readonly Name[],
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Pick<Settings, Name> {
  let file: FileSettings | null = null;
  const ofFile = (): FileSettings => {
    file ??= readSettingsFile(join(dataDir, 'settings.json'));
    return file;
  };
  const entries = names.map((name) => {
    const { env: variable, parse } = SETTING_SOURCES[name];
    const given = variable === null ? undefined : env[variable];
    // An empty variable counts as unset.
    if (!given) return [name, ofFile()[name] ?? DEFAULT_SETTINGS[name]];
    const value = parse(given);
    const { success, data, error } = settingSchema(name).safeParse(value);
    if (success) return [name, data];
    const fault = describeIssues(error, value);
    throw new SettingsError(message('setting.start-fault', { label: variable ?? '', shown: null, fault }));
  });
  return Object.fromEntries(entries) as Pick<Settings, Name>;
}
