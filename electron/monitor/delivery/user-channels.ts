import type { Problem } from '../../../shared/domain/problem.ts';
import type { ChannelSetting } from '../../../shared/settings/channel-setting.ts';
import { coinsOfRoute } from '../../../shared/settings/watchlists.ts';
import type { Channel } from './channel.ts';
import { ChannelError, channelProblemId, type OpenChannelOptions, openChannel } from './open-channel.ts';

export type OpenedChannels = {
  readonly channels: readonly Channel[];
  /** The ids of enabled channels that are not open because their settings are wrong. */
  readonly unusable: readonly string[];
  /** The faults of settings, also of a channel that continues with earlier ones. */
  readonly problems: readonly Problem[];
};

/** The channels of the settings, as the settings change. */
export type UserChannels = {
  /**
   * Opens the enabled channels. A channel stays the same object if neither it nor the watchlist of its route has changed since
   * the last call. A channel whose settings are wrong is named in a problem: it continues with its earlier settings, or is left
   * out if it was not open; the others do not wait for its correction.
   */
  open(settings: readonly ChannelSetting[]): OpenedChannels;
};

export function createUserChannels(options: OpenChannelOptions): UserChannels {
  type Opened = { readonly fingerprint: string; readonly channel: Channel };
  let opened: ReadonlyMap<string, Opened> = new Map();

  /** Everything that a channel depends on. */
  const fingerprintOf = (setting: ChannelSetting): string => {
    const { secrets = [] } = options.kinds.find(({ kind }) => kind === setting.kind) ?? {};
    const coins = coinsOfRoute(setting.route, options.watchlists?.() ?? []);
    return JSON.stringify([setting, secrets.map((name) => options.secret(setting, name)), coins]);
  };

  return {
    open(settings) {
      const now = new Map<string, Opened>();
      const unusable: string[] = [];
      const problems: Problem[] = [];
      for (const setting of settings.filter(({ enabled }) => enabled)) {
        const earlier = opened.get(setting.id);
        const fingerprint = fingerprintOf(setting);
        try {
          const isSame = earlier?.fingerprint === fingerprint;
          now.set(setting.id, isSame ? earlier : { fingerprint, channel: openChannel(setting, options) });
        } catch (cause) {
          if (!(cause instanceof ChannelError)) throw cause;
          problems.push({ id: channelProblemId(setting.id), message: cause.content });
          if (earlier === undefined) unusable.push(setting.id);
          else now.set(setting.id, earlier);
        }
      }
      opened = now;
      return { channels: [...now.values()].map(({ channel }) => channel), unusable, problems };
    },
  };
}
