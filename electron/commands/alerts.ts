import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { t } from '../../shared/messages/message.ts';
import {
  type MuteSubject,
  muteSubjectSchema,
  mutesInForce,
  withMute,
  withoutMute,
} from '../../shared/settings/mutes.ts';
import { addFlags, chosenDataDir } from '../monitor/settings/flags.ts';
import { changeSettingsFile, readSettingsFile } from '../monitor/settings/settings-file.ts';
import { durationArgument } from './time-argument.ts';

type Options = Readonly<Record<string, unknown>> & MuteSubject & { readonly for?: number };

/**
 * `alerts`: mutes alerts on a server without a page. It changes settings.json; a program that runs on the folder puts the change
 * into force at once.
 */
export function alertsCommand(): Command {
  const command = new Command('alerts').description('mute the alerts of a coin, a rule or a channel');
  const sub = (name: string, description: string): Command =>
    addFlags(command.command(name).description(description), []);
  const about = (named: Command): Command =>
    named
      .option('--coin <id>', 'alerts of this coin')
      .option('--rule <id>', 'alerts of this rule')
      .option('--channel <id>', 'on this channel; on all that people read when absent');

  sub('list', 'print what is muted, a JSON object in each line').action((options: Options) => {
    const { mutes = [] } = readSettingsFile(pathOf(options));
    for (const mute of mutesInForce(mutes, Date.now())) process.stdout.write(`${JSON.stringify(mute)}\n`);
  });
  about(
    sub(
      'mute',
      'deliver no alerts of a coin or a rule, or none to a channel; they are recorded all the same',
    ),
  )
    .option('--for <time>', 'for so long, as 1h; until it is taken back when absent', durationArgument)
    .action(async (options: Options) => {
      const now = Date.now();
      const until = options.for === undefined ? null : new Date(now + options.for).toISOString();
      const mute = { ...subjectOf(options), until };
      await changeSettingsFile(pathOf(options), ({ mutes = [] }) => ({ mutes: withMute(mutes, mute, now) }));
    });
  about(sub('unmute', 'deliver them again')).action(async (options: Options) => {
    const subject = subjectOf(options);
    await changeSettingsFile(pathOf(options), ({ mutes = [] }) => ({
      mutes: withoutMute(mutes, subject, Date.now()),
    }));
  });
  return command;
}

function subjectOf({ coin, rule, channel }: MuteSubject) {
  const given = { ...(coin && { coin }), ...(rule && { rule }), ...(channel && { channel }) };
  const parsed = muteSubjectSchema.safeParse(given);
  if (!parsed.success) throw new InvalidArgumentError(t('argument.mute'));
  return parsed.data;
}

function pathOf(options: Options): string {
  return join(chosenDataDir(options, process.env), 'settings.json');
}
