import { join } from 'node:path';
import { message } from '../../../shared/messages/message.ts';
import { type ChannelSetting, channelsSchema } from '../../../shared/settings/channel-setting.ts';
import { SettingsError } from './settings-error.ts';
import { readSettingsFile } from './settings-file.ts';
import { SETTING_SOURCES } from './sources.ts';

/**
 * The channels that the environment or settings.json sets up. The file is only read, so that a program which uses the
 * folder is not disturbed.
 *
 * @throws SettingsError when the variable or the file is wrong
 */
export function readChannelSettings(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly ChannelSetting[] {
  const { env: variable, parse } = SETTING_SOURCES.channels;
  const given = variable === null ? undefined : env[variable];
  if (given) {
    const parsed = channelsSchema.safeParse(parse(given));
    if (!parsed.success) throw new SettingsError(message('setting.no-channel-list', { variable }));
    return parsed.data;
  }
  return readSettingsFile(join(dataDir, 'settings.json')).channels ?? [];
}
