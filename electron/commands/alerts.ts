import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { t } from '../../shared/messages/message.ts';
import {
  isAbout,
  type MuteSubject,
  muteSubjectSchema,
  mutesInForce,
  withMute,
  withoutMute,
} from '../../shared/settings/mutes.ts';
import { pauseInForce } from '../../shared/settings/pause.ts';
import { addFlags, chosenDataDir } from '../monitor/settings/flags.ts';
import { changeSettingsFile, readSettingsFile } from '../monitor/settings/settings-file.ts';
import { refuseUnknownNames } from './known-names.ts';
import { durationArgument } from './time-argument.ts';

type Options = Readonly<Record<string, unknown>> & MuteSubject & { readonly for?: number };

/**
 * `alerts`: pauses and mutes alerts on a server without a page. It changes settings.json; a program that uses the folder applies
 * the change immediately.
 */
export function alertsCommand(): Command {
  const command = new Command('alerts').description(t('help.alerts'));
  const sub = (name: string, description: string): Command =>
    addFlags(command.command(name).description(description), []);
  const about = (named: Command): Command =>
    named
      .option('--coin <id>', t('help.alerts.coin'))
      .option('--rule <id>', t('help.alerts.rule'))
      .option('--channel <id>', t('help.alerts.channel'));

  sub('list', t('help.alerts.list')).action((options: Options) => {
    const { mutes = [], pause = null } = readSettingsFile(pathOf(options));
    const paused = pauseInForce(pause, Date.now());
    const lines = [...(paused === null ? [] : [{ pause: paused }]), ...mutesInForce(mutes, Date.now())];
    for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
  });
  sub('pause', t('help.alerts.pause'))
    .option('--for <time>', t('help.alerts.for'), durationArgument)
    .action(async (options: Options) => {
      const until = untilOf(options, Date.now());
      await changeSettingsFile(pathOf(options), () => ({ pause: { until } }));
      process.stdout.write(`${t('command.alerts-paused', { until })}\n`);
    });
  sub('resume', t('help.alerts.resume')).action(async (options: Options) => {
    await changeSettingsFile(pathOf(options), () => ({ pause: null }));
  });
  about(sub('mute', t('help.alerts.mute')))
    .option('--for <time>', t('help.alerts.for'), durationArgument)
    .action(async (options: Options) => {
      const now = Date.now();
      const mute = { ...subjectOf(options), until: untilOf(options, now) };
      refuseUnknownNames(mute, options);
      await changeSettingsFile(pathOf(options), ({ mutes = [] }) => ({ mutes: withMute(mutes, mute, now) }));
    });
  about(sub('unmute', t('help.alerts.unmute'))).action(async (options: Options) => {
    const subject = subjectOf(options);
    await changeSettingsFile(pathOf(options), ({ mutes = [] }) => {
      // An entry that is muted can be unmuted even if it no longer exists; unmuting after a mute has ended is not an error.
      if (!isAbout(mutes, subject)) refuseUnknownNames(subject, options);
      return { mutes: withoutMute(mutes, subject, Date.now()) };
    });
  });
  return command;
}

function untilOf({ for: forMs }: Options, now: number): string | null {
  return forMs === undefined ? null : new Date(now + forMs).toISOString();
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
