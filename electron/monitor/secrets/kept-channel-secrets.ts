import { z } from 'zod';
import { type Message, message } from '../../../shared/messages/message.ts';
import { createTurns } from '../async/in-turn.ts';
import { SecretError, type SecretStore } from './secret-store.ts';

/** Secrets of a channel by option; null for one that is to be forgotten. */
export type SecretChanges = Readonly<Record<string, string | null>>;

/** The secrets of channels that the host keeps, in memory and in its store. */
export type KeptChannelSecrets = {
  /** @returns null when there is none, or when it was entered for another target */
  get(channelId: string, option: string, target: string): string | null;
  /**
   * Keeps or forgets secrets of a channel. Those that are not named stay as they are.
   *
   * @param target where they may be sent: otherwise anyone who can change a setting could have them sent to their own server
   * @returns puts back what was there before
   * @throws SecretError when they cannot be kept
   */
  change(channelId: string, changes: SecretChanges, target: string): Promise<() => Promise<void>>;
  /** Forgets all secrets of a channel. */
  forget(channelId: string): Promise<void>;
};

const keptSchema = z.record(
  z.string(),
  z.record(z.string(), z.strictObject({ secret: z.string(), target: z.string() })),
);
type Kept = z.infer<typeof keptSchema>;

/**
 * @param text what the store had at the start; null for nothing
 * @param store absent where the host keeps no secrets
 */
export function openKeptChannelSecrets(
  text: string | null,
  store: SecretStore | undefined,
): KeptChannelSecrets {
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

/** What cannot be read is as nothing: the channels name the secrets that they miss. */
function parse(text: string | null): Kept {
  if (text === null) return {};
  try {
    return keptSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
