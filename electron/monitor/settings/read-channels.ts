import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from '../../../shared/messages/message.ts';
import { type ChannelSetting, channelsSchema } from '../../../shared/settings/channel-setting.ts';
import { fileMessage } from '../files/file-error.ts';
import { decodeText } from './decode-text.ts';
import { parseSettings } from './parse-settings.ts';
import { SETTING_SOURCES } from './sources.ts';

/**
 * The channels that the environment or settings.json sets up. The file is only read, so that a program which uses the
 * folder is not disturbed.
 *
 * @throws Error when the variable or the file is wrong
 */
export function readChannelSettings(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly ChannelSetting[] {
  const { env: variable, parse } = SETTING_SOURCES.channels;
  const given = variable === null ? undefined : env[variable];
  if (given) {
    const parsed = channelsSchema.safeParse(parse(given));
    if (!parsed.success) throw new Error(`${variable} is not a list of channels.`);
    return parsed.data;
  }
  const path = join(dataDir, 'settings.json');
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new Error(text(fileMessage('read', path, cause)), { cause });
  }
  const { settings, faulty } = parseSettings(decodeText(bytes));
  if (faulty.has('channels')) throw new Error(`${path}: "channels" is wrong. Start the program to read why.`);
  return settings.channels ?? [];
}
