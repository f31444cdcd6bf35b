import type { ChannelSetting } from '../../../shared/settings/channel-setting.ts';
import type { ChannelKind } from './channel-kind.ts';

/**
 * The variable of a channel's secret: `CHANNEL_<ID>_<OPTION>`, in capitals, e.g. `CHANNEL_OPS_SIGNING_SECRET` for the option
 * `signingSecret` of the channel `ops`. As `<variable>_FILE` it names a file that holds the secret.
 */
export function secretVariable(channelId: string, option: string): string {
  const words = option.replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `CHANNEL_${channelId.replaceAll('-', '_')}_${words}`.toUpperCase();
}

/** Replaces secrets in a text that goes into the program's log, the outbox or a page. */
export function redact(text: string, secrets: readonly string[]): string {
  let redacted = text;
  // The longest first: one may be a part of another.
  for (const secret of secrets.filter(({ length }) => length > 0).toSorted((a, b) => b.length - a.length)) {
    redacted = redacted.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
  }
  return redacted;
}

/**
 * The channels without secrets that somebody wrote into settings.json in spite of all: a page is not shown them. Of a kind that
 * is not known, every text may be one.
 */
export function hideSecrets(
  channels: readonly ChannelSetting[],
  kinds: readonly ChannelKind[],
): ChannelSetting[] {
  return channels.map((channel) => {
    const kind = kinds.find((each) => each.kind === channel.kind);
    const isHidden = (name: string, value: unknown): boolean =>
      kind === undefined
        ? typeof value === 'string'
        : (kind.secrets as readonly string[] | undefined)?.includes(name) === true;
    const options = Object.entries(channel.options).map(([name, value]) => [
      name,
      isHidden(name, value) ? '***' : value,
    ]);
    return { ...channel, options: Object.fromEntries(options) };
  });
}
