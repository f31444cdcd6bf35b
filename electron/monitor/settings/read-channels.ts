import { join } from 'node:path';
import { message } from '../../../shared/messages/message.ts';
import { type ChannelSetting, channelsSchema } from '../../../shared/settings/channel-setting.ts';
import { type Watchlist, watchlistsSchema } from '../../../shared/settings/watchlists.ts';
import { describeIssues } from './describe-issues.ts';
import { SettingsError } from './settings-error.ts';
import { readSettingsFile } from './settings-file.ts';
import { SETTING_SOURCES } from './sources.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The channels of the settings, and the watchlists that their routes can name. */
export type ChannelSettings = {
  readonly channels: readonly ChannelSetting[];
  readonly watchlists: readonly Watchlist[];
};

/**
 * The channels and watchlists that the environment or settings.json sets up. The file is only read, so that a program which
 * uses the folder is not disturbed.
 *
 * @throws SettingsError when a variable or the file is wrong
 */
export function readChannelSettings(dataDir: string, env: Environment): ChannelSettings {
  const file = () => readSettingsFile(join(dataDir, 'settings.json'));
  return {
    channels: channelsOfEnvironment(env) ?? file().channels ?? [],
    watchlists: watchlistsOfEnvironment(env) ?? file().watchlists ?? [],
  };
}

function channelsOfEnvironment(env: Environment): readonly ChannelSetting[] | null {
  const { env: variable, parse } = SETTING_SOURCES.channels;
  const given = variable === null ? undefined : env[variable];
  if (!given) return null;
  const parsed = channelsSchema.safeParse(parse(given));
  // No more is said of it, because it may hold a password.
  if (!parsed.success) throw new SettingsError(message('setting.no-channel-list', { variable }));
  return parsed.data;
}

function watchlistsOfEnvironment(env: Environment): readonly Watchlist[] | null {
  const { env: variable, parse } = SETTING_SOURCES.watchlists;
  const given = variable === null ? undefined : env[variable];
  if (!given) return null;
  const value = parse(given);
  const parsed = watchlistsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fault = describeIssues(parsed.error, value);
  throw new SettingsError(message('setting.start-fault', { label: variable ?? '', shown: null, fault }));
}
