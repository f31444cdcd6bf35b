import type { ChannelKindView, ChannelTest, ChannelView } from '../../../shared/domain/channel.ts';
import type { AlertDelivery } from '../../../shared/domain/delivery.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { ChannelSetting } from '../../../shared/settings/channel-setting.ts';
import type { Clock } from '../time/clock.ts';
import type { Channel } from './channel.ts';
import type { ChannelKind } from './channel-kind.ts';
import type { Dispatcher } from './dispatcher.ts';
import { channelProblemId, optionsJsonSchema } from './open-channel.ts';
import type { Outbox } from './outbox.ts';
import { sendTest } from './send-test.ts';

/** What a user can ask of the channels and do with them. */
export type ChannelAdmin = {
  kinds(): readonly ChannelKindView[];
  /** Those of the settings and those that are always there. */
  list(): readonly ChannelView[];
  /** Sends a test alert; null when the channel is not open. */
  test(id: string): Promise<ChannelTest | null>;
  sendAgain: Dispatcher['sendAgain'];
  /** How far alerts are on every channel that took them over. */
  deliveries(alertIds: readonly string[]): readonly AlertDelivery[];
};

export type ChannelAdminOptions = {
  readonly kinds: readonly ChannelKind[];
  readonly settings: () => readonly ChannelSetting[];
  readonly dispatcher: Pick<Dispatcher, 'channels' | 'states' | 'sendAgain'>;
  readonly outbox: Pick<Outbox, 'deadCount' | 'progressOf'>;
  /** What is wrong with the settings. */
  readonly problems: () => readonly Problem[];
  /** Real time. */
  readonly clock: Clock;
};

export function createChannelAdmin(options: ChannelAdminOptions): ChannelAdmin {
  const { kinds, settings, dispatcher, outbox, problems, clock } = options;

  const view = (id: string, kind: string, enabled: boolean): ChannelView => ({
    id,
    kind,
    enabled,
    state: dispatcher.states().find((state) => state.id === id) ?? null,
    dead: outbox.deadCount(id),
    problem: problems().find((problem) => problem.id === channelProblemId(id))?.message ?? null,
  });

  return {
    kinds: () =>
      kinds.map((kind) => ({
        kind: kind.kind,
        options: optionsJsonSchema(kind),
        secrets: kind.secrets ?? [],
      })),
    list() {
      const own = settings();
      const ownIds = new Set(own.map(({ id }) => id));
      const builtIn = dispatcher.channels().filter(({ id }: Channel) => !ownIds.has(id));
      return [
        ...builtIn.map(({ id }) => view(id, id, true)),
        ...own.map(({ id, kind, enabled }) => view(id, kind, enabled)),
      ];
    },
    async test(id) {
      const channel = dispatcher.channels().find((each) => each.id === id);
      return channel === undefined ? null : sendTest(channel, clock);
    },
    sendAgain: dispatcher.sendAgain,
    deliveries: outbox.progressOf,
  };
}
