import { message, t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import type { MuteSubject } from '../../shared/settings/mutes.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings/settings.ts';
import { chosenDataDir } from '../monitor/settings/flags.ts';
import { readSettings } from '../monitor/settings/read-settings.ts';

type Options = Readonly<Record<string, unknown>>;

/** Channels that exist without being configured; `notification` only on the desktop. */
const BUILT_IN_CHANNELS = ['alerts-file', 'notification'];

/**
 * Rejects names of coins, rules or channels that do not exist according to the settings and this command's environment.
 *
 * @throws MessageError listing the existing names
 */
export function refuseUnknownNames({ coin, rule, channel }: MuteSubject, options: Options): void {
  const { coins, rules, channels } = readSettings(
    ['coins', 'rules', 'channels'],
    chosenDataDir(options, process.env),
    process.env,
  );
  if (coin !== undefined && !coins.includes(coin))
    throw new MessageError(message('command.unwatched-coin', { coinId: coin, watched: coins }));
  const ruleIds = rulesInForce({ ...DEFAULT_SETTINGS, rules }).map(({ id }) => id);
  if (rule !== undefined && !ruleIds.includes(rule))
    throw new MessageError(message('command.no-rule', { id: rule, known: ruleIds }));
  const channelIds = [...BUILT_IN_CHANNELS, ...channels.map(({ id }) => id)];
  if (channel !== undefined && !channelIds.includes(channel))
    throw new MessageError(message('command.no-channel', { id: channel, known: channelIds }));
}

/**
 * The watched coins according to the settings and this command's environment.
 *
 * @throws SettingsError when these are invalid
 */
export function watchedCoins(options: Options): readonly string[] {
  return readSettings(['coins'], chosenDataDir(options, process.env), process.env).coins;
}

/**
 * Warns on standard error about coins that are not watched. This is not an error: they may be watched later, or by a program with
 * a different environment.
 */
export function warnUnwatched(coins: readonly string[], watched: readonly string[]): void {
  const unwatched = coins.filter((coinId) => !watched.includes(coinId));
  if (unwatched.length === 0) return;
  process.stderr.write(`${t('command.unwatched-coins', { unwatched, watched })}\n`);
}
