import { z } from 'zod';
import { type Message, message } from '../../../shared/messages/message.ts';
import { createTurns } from '../async/in-turn.ts';
import { SecretError, type SecretStore } from './secret-store.ts';

/** Secrets of a channel by option; null for one to delete. */
export type SecretChanges = Readonly<Record<string, string | null>>;

/** The secrets of channels that the host stores, in memory and in its store. */
export type StoredChannelSecrets = {
  /** @returns null if there is none, or if it was entered for another target */
  get(channelId: string, option: string, target: string): string | null;
  /**
   * Stores or deletes secrets of a channel. Those that are not named are unchanged.
   *
   * @param target the only server to which they may be sent: otherwise anyone who can change a setting could have them sent to
   *   their own server
   * @returns a function that restores the previous secrets
   * @throws SecretError when they cannot be stored
   */
  change(channelId: string, changes: SecretChanges, target: string): Promise<() => Promise<void>>;
  /** Deletes all secrets of a channel. */
  forget(channelId: string): Promise<void>;
};

const keptSchema = z.record(
  z.string(),
  z.record(z.string(), z.strictObject({ secret: z.string(), target: z.string() })),
);
type Kept = z.infer<typeof keptSchema>;

/**
 * @param text the content of the store at the start; null if it is empty
 * @param store absent if the host stores no secrets
 */
export function openStoredChannelSecrets(
  text: string | null,
  store: SecretStore | undefined,
): StoredChannelSecrets {
  const inTurn = createTurns();
  let kept: Kept = parse(text);

  const write = async (next: Kept): Promise<void> => {
    if (store === undefined) throw new SecretError(NO_STORE);
    if (Object.keys(next).length === 0) await store.remove('channelSecrets');
    else if ((await store.set('channelSecrets', JSON.stringify(next))) === 'refused') {
      throw new SecretError(message('secret.channel-not-stored'));
    }
    kept = next;
  };

  return {
    get(channelId, option, target) {
      const found = kept[channelId]?.[option];
      return found?.target === target ? found.secret : null;
    },
    change: (channelId, changes, target) =>
      inTurn(async () => {
        if (Object.keys(changes).length === 0) return async () => undefined;
        const earlier = kept;
        const secrets = { ...kept[channelId] };
        for (const [option, secret] of Object.entries(changes)) {
          if (secret === null) delete secrets[option];
          else secrets[option] = { secret, target };
        }
        await write({ ...kept, [channelId]: secrets });
        return () => inTurn(() => write(earlier));
      }),
    forget: (channelId) =>
      inTurn(async () => {
        const { [channelId]: ofChannel, ...others } = kept;
        if (ofChannel !== undefined) await write(others);
      }),
  };
}

const NO_STORE: Message = message('secret.no-channel-store');

/** Unreadable content counts as empty: the channels report the secrets that they lack. */
function parse(text: string | null): Kept {
  if (text === null) return {};
  try {
    return keptSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
