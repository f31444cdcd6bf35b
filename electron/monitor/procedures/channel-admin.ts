import { ApiError } from '../../../shared/contract/api-error.ts';
import type { ChannelView } from '../../../shared/contract/channel-view.ts';
import type { ChannelKindView, ChannelTest } from '../../../shared/domain/channel.ts';
import type { AlertDelivery } from '../../../shared/domain/delivery.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import { message } from '../../../shared/messages/message.ts';
import type { ChannelSetting } from '../../../shared/settings/channel-setting.ts';
import { mergeChange } from '../../../shared/settings/merge-change.ts';
import { createTurns } from '../async/in-turn.ts';
import type { Channel } from '../delivery/channel.ts';
import type { ChannelKind } from '../delivery/channel-kind.ts';
import { hideSecrets, secretTarget } from '../delivery/channel-secrets.ts';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import {
  ChannelError,
  channelProblemId,
  type OpenChannelOptions,
  openChannel,
  optionsJsonSchema,
} from '../delivery/open-channel.ts';
import type { Outbox } from '../delivery/outbox.ts';
import { sendTest } from '../delivery/send-test.ts';
import type { SecretChanges, StoredChannelSecrets } from '../secrets/stored-channel-secrets.ts';
import type { Clock } from '../time/clock.ts';

/** What a user can request from the channels and change about them. */
export type ChannelAdmin = {
  kinds(): readonly ChannelKindView[];
  /** The channels of the settings and the built-in ones. */
  list(): readonly ChannelView[];
  /** Sends a test alert; null when the channel is not open. */
  test(id: string): Promise<ChannelTest | null>;
  sendAgain: Dispatcher['sendAgain'];
  /**
   * @throws ApiError that names the invalid field of the channel, or `conflict`; errors of the settings writer and the store of
   *   secrets
   */
  save(channel: ChannelSetting, options: SaveChannelOptions): Promise<void>;
  /** @throws errors of the settings writer */
  remove(id: string): Promise<void>;
  /** The delivery state of alerts on every channel that they were routed to. */
  deliveries(alertIds: readonly string[]): readonly AlertDelivery[];
};

export type SaveChannelOptions = {
  readonly secrets: SecretChanges;
  readonly isNew: boolean;
  /** The version of the channel that the change is based on, without its secrets: later changes by others are kept. */
  readonly shown?: ChannelSetting | undefined;
};

export type ChannelAdminOptions = {
  readonly kinds: readonly ChannelKind[];
  readonly settings: () => readonly ChannelSetting[];
  readonly dispatcher: Pick<Dispatcher, 'channels' | 'states' | 'sendAgain'>;
  readonly outbox: Pick<Outbox, 'deadCount' | 'progressOf'>;
  /** Problems with the channels of the settings. */
  readonly problems: () => readonly Problem[];
  /** How channels are opened. */
  readonly opening: OpenChannelOptions;
  readonly kept: StoredChannelSecrets;
  /** Whether the environment provides a secret of a channel. */
  readonly isInEnvironment: (channelId: string, option: string) => boolean;
  /** Changes the list of channels, based on the settings when it is this change's turn. */
  readonly write: (
    change: (channels: readonly ChannelSetting[]) => readonly ChannelSetting[],
  ) => Promise<void>;
  /** Applies changed secrets. */
  readonly reopen: () => Promise<void>;
  /** Real time. */
  readonly clock: Clock;
};

export function createChannelAdmin(options: ChannelAdminOptions): ChannelAdmin {
  const { kinds, settings, dispatcher, outbox, problems, opening, kept, isInEnvironment, clock } = options;
  // The secrets of a channel and its setting change together.
  const inTurn = createTurns();

  const secretsOf = (setting: ChannelSetting): ChannelView['secrets'] => {
    const names = kinds.find(({ kind }) => kind === setting.kind)?.secrets ?? [];
    const target = secretTarget(setting);
    const inEnvironment = names.filter((name) => isInEnvironment(setting.id, name));
    const inStore = names.filter((name) => kept.get(setting.id, name, target) !== null);
    return {
      ...Object.fromEntries(inStore.map((name) => [name, 'kept' as const])),
      ...Object.fromEntries(inEnvironment.map((name) => [name, 'environment' as const])),
    };
  };

  /** Opens the changed channel, which does not connect, and closes it again. */
  const check = async (setting: ChannelSetting, secrets: SecretChanges): Promise<void> => {
    const chosen = (option: string): string | null | undefined =>
      Object.hasOwn(secrets, option) ? secrets[option] : undefined;
    try {
      const channel = openChannel(setting, {
        ...opening,
        secret: (each, option) => {
          if (isInEnvironment(each.id, option)) return opening.secret(each, option);
          const value = chosen(option);
          return value === undefined ? opening.secret(each, option) : value;
        },
      });
      await channel.close?.();
    } catch (cause) {
      if (!(cause instanceof ChannelError)) throw cause;
      const { content, reason, path } = cause;
      const issues = path === null ? [] : [{ setting: path, message: reason }];
      throw new ApiError('bad-request', content, { cause, issues });
    }
  };

  const view = (id: string, kind: string, enabled: boolean, setting: ChannelSetting | null): ChannelView => ({
    setting: setting === null ? null : (hideSecrets([setting], kinds)[0] ?? null),
    secrets: setting === null ? {} : secretsOf(setting),
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
        ...builtIn.map(({ id }) => view(id, id, true, null)),
        ...own.map((setting) => view(setting.id, setting.kind, setting.enabled, setting)),
      ];
    },
    async test(id) {
      const channel = dispatcher.channels().find((each) => each.id === id);
      return channel === undefined ? null : sendTest(channel, clock);
    },
    sendAgain: dispatcher.sendAgain,
    save: (channel, { secrets, isNew, shown }) =>
      inTurn(async () => {
        if (isNew) refuseTaken(channel, settings());
        const wantedOf = (own: readonly ChannelSetting[]): ChannelSetting =>
          isNew || shown === undefined ? channel : mergedChannel(channel, shown, own);
        const wanted = wantedOf(settings());
        // A secret is sent only to the target that it was entered for.
        if (Object.keys(secrets).length > 0 && secretTarget(wanted) !== secretTarget(channel))
          throw changedMeanwhile(channel);
        // A disabled channel may lack its secrets.
        if (wanted.enabled) await check(wanted, secrets);
        const undo = await kept.change(channel.id, secrets, secretTarget(wanted));
        try {
          await options.write((own) => {
            if (isNew) refuseTaken(channel, own);
            // Only what was checked is written.
            if (JSON.stringify(wantedOf(own)) !== JSON.stringify(wanted)) throw changedMeanwhile(channel);
            const place = own.findIndex(({ id }) => id === channel.id);
            return place >= 0 ? own.with(place, wanted) : [...own, wanted];
          });
        } catch (cause) {
          await undo();
          throw cause;
        }
        await options.reopen();
      }),
    remove: (id) =>
      inTurn(async () => {
        await options.write((own) => own.filter((channel) => channel.id !== id));
        await kept.forget(id);
      }),
    deliveries: outbox.progressOf,
  };
}

/**
 * Merges a changed channel with the changes that others have made since it was shown.
 *
 * @throws ApiError `conflict` when it no longer exists, or another one has its id
 */
function mergedChannel(
  channel: ChannelSetting,
  shown: ChannelSetting,
  own: readonly ChannelSetting[],
): ChannelSetting {
  const { id, kind } = channel;
  const now = own.find((one) => one.id === id);
  if (now === undefined) throw new ApiError('conflict', message('call.removed-meanwhile', { id }));
  if (now.kind !== kind) throw changedMeanwhile(channel);
  return mergeChange(shown, channel, now);
}

const changedMeanwhile = ({ id }: ChannelSetting): ApiError =>
  new ApiError('conflict', message('call.changed-meanwhile', { id }));

/** @throws ApiError when one of the channels has the id */
function refuseTaken({ id }: ChannelSetting, own: readonly ChannelSetting[]): void {
  if (!own.some((one) => one.id === id)) return;
  const fault = message('channel.id-taken', { id });
  throw new ApiError('bad-request', fault, { issues: [{ setting: 'id', message: fault }] });
}
