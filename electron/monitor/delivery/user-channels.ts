import type { Problem } from '../../../shared/domain/problem.ts';
import type { ChannelSetting } from '../../../shared/settings/channel-setting.ts';
import { coinsOfRoute } from '../../../shared/settings/watchlists.ts';
import type { Channel } from './channel.ts';
import { ChannelError, channelProblemId, type OpenChannelOptions, openChannel } from './open-channel.ts';

export type OpenedChannels = {
  readonly channels: readonly Channel[];
  /** The ids of those that are enabled, and are not among the channels because their settings are wrong. */
  readonly unusable: readonly string[];
  /** What is wrong with settings, also of a channel that goes on as it was. */
  readonly problems: readonly Problem[];
};

/** The channels of the settings, while the settings change. */
export type UserChannels = {
  /**
   * Opens those that are enabled. One that has not changed since the last call, nor the watchlist of its route, stays the same object. One whose settings are
   * wrong is named in a problem: it goes on as it was before, or is left out when it was not open; the others do not wait
   * for its correction.
   */
  open(settings: readonly ChannelSetting[]): OpenedChannels;
};

export function createUserChannels(options: OpenChannelOptions): UserChannels {
  type Opened = { readonly madeOf: string; readonly channel: Channel };
  let opened: ReadonlyMap<string, Opened> = new Map();

  /** All that a channel is made of. */
  const madeOf = (setting: ChannelSetting): string => {
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
        const parts = madeOf(setting);
        try {
          const isSame = earlier?.madeOf === parts;
          now.set(setting.id, isSame ? earlier : { madeOf: parts, channel: openChannel(setting, options) });
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
