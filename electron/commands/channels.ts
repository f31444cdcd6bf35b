import { Command } from 'commander';
import { message, t } from '../../shared/messages/message.ts';
import { MessageError, textOfError } from '../../shared/messages/message-error.ts';
import type { ChannelSetting } from '../../shared/settings/channel-setting.ts';
import { secretVariable } from '../monitor/delivery/channel-secrets.ts';
import { CHANNEL_KINDS } from '../monitor/delivery/channels/registry.ts';
import { envelopeJsonSchema } from '../monitor/delivery/envelope-json-schema.ts';
import { createSendHttp } from '../monitor/delivery/http/send-http.ts';
import { type OpenChannelOptions, openChannel } from '../monitor/delivery/open-channel.ts';
import { sendTest } from '../monitor/delivery/send-test.ts';
import { environmentNetwork } from '../monitor/network/environment-network.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { addFlags, chosenDataDir } from '../monitor/settings/flags.ts';
import { readSettings } from '../monitor/settings/read-settings.ts';
import { systemClock } from '../monitor/time/clock.ts';

/** `channels`: sets up channels on a server without a page. It may be used while the program runs. */
export function channelsCommand(): Command {
  const command = new Command('channels').description(t('help.channels'));
  addFlags(command.command('list').description(t('help.channels.list')).action(list), []);
  addFlags(
    command
      .command('test <id>')
      .description(t('help.channels.test'))
      .action((id: string, options: Readonly<Record<string, unknown>>) => test(id, options)),
    [],
  );
  command
    .command('schema')
    .description(t('help.channels.schema'))
    .action(() => {
      process.stdout.write(`${JSON.stringify(envelopeJsonSchema(), null, 2)}\n`);
    });
  return command;
}

async function list(options: Readonly<Record<string, unknown>>): Promise<void> {
  await withChannels(options, async (settings, openOptions) => {
    let invalid = 0;
    for (const setting of settings) {
      const { id, kind, enabled } = setting;
      const fault = enabled ? faultOf(setting, openOptions) : null;
      if (fault !== null) invalid += 1;
      const state = fault ?? t(enabled ? 'command.channel-ready' : 'command.channel-off');
      process.stdout.write(`${id}\t${kind}\t${state}\n`);
    }
    if (invalid > 0)
      throw new MessageError(message('command.channels-invalid', { invalid, count: settings.length }));
  });
}

/** What is wrong with the settings of a channel, or null. Opening a channel checks its settings; it does not connect. */
function faultOf(setting: ChannelSetting, options: OpenChannelOptions): string | null {
  try {
    openChannel(setting, options);
    return null;
  } catch (cause) {
    return textOfError(cause);
  }
}

async function test(id: string, options: Readonly<Record<string, unknown>>): Promise<void> {
  await withChannels(options, async (settings, openOptions) => {
    const setting = settings.find((each) => each.id === id);
    if (setting === undefined) {
      throw new MessageError(message('command.no-channel', { id, known: settings.map((each) => each.id) }));
    }
    const channel = openChannel(setting, openOptions);
    const { failure, durationMs } = await sendTest(channel, systemClock);
    await channel.close?.();
    if (failure !== null) {
      const { kind, message: reason } = failure;
      throw new MessageError(message('command.test-failed', { id, kind, reason }));
    }
    process.stdout.write(`${t('command.test-delivered', { id, durationMs })}\n`);
  });
}

async function withChannels(
  options: Readonly<Record<string, unknown>>,
  work: (settings: readonly ChannelSetting[], openOptions: OpenChannelOptions) => Promise<void>,
): Promise<void> {
  const env = withSecretsFromFiles(process.env);
  const dataDir = chosenDataDir(options, process.env);
  const sendHttp = createSendHttp({ network: environmentNetwork(env) });
  try {
    const { channels, watchlists } = readSettings(['channels', 'watchlists'], dataDir, env);
    await work(channels, {
      kinds: CHANNEL_KINDS,
      watchlists: () => watchlists,
      context: { sendHttp, clock: systemClock, dataDir },
      secret: ({ id }, option) => env[secretVariable(id, option)]?.trim() || null,
    });
  } finally {
    await sendHttp.close();
  }
}
