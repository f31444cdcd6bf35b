import { type Message, message } from '../../../shared/messages/message.ts';
import type { Settings } from '../../../shared/settings/settings.ts';
import { bindSecret, readBoundSecret } from '../secrets/bound-secret.ts';
import { SecretError, type SecretStore } from '../secrets/secret-store.ts';
import { keyTarget, mayCarryKey } from '../secrets/secret-target.ts';
import { SettingsError } from './settings-error.ts';

export type KeyChangesOptions = {
  /** Absent if the host cannot store secrets. */
  readonly secrets: SecretStore | undefined;
  /** Whether the environment provides a key, which then takes precedence. */
  readonly isInEnvironment: boolean;
  /** The base URL that takes effect at the next start, as the key does. */
  readonly baseUrl: () => string | null;
};

/** Changes of the API key and of its address: a key is sent only to the address that it was entered for. */
export type KeyChanges = {
  /**
   * Stores a key for the address in the settings, or deletes it.
   *
   * @throws SecretError when it cannot be stored, or may not be sent to that address
   */
  set(key: string | null): Promise<void>;
  /**
   * Changes the address, and stores the key that comes with it. When `change` fails, the earlier key is restored.
   *
   * @param baseUrl undefined if it is not changed
   * @param key undefined if the change includes none
   * @throws SettingsError when the existing key would be sent to another server
   */
  readonly with: (
    next: { readonly baseUrl: Settings['coingeckoUrl'] | undefined; readonly key: string | undefined },
    change: () => Promise<void>,
  ) => Promise<void>;
};

const NO_STORE = message('secret.no-store');

export function createKeyChanges({ secrets, isInEnvironment, baseUrl }: KeyChangesOptions): KeyChanges {
  const keep = async (key: string, url: string | null): Promise<void> => {
    if (secrets === undefined) throw new SecretError(NO_STORE);
    if (!mayCarryKey(url)) {
      throw new SecretError(message('secret.key-unencrypted', { target: keyTarget(url) }));
    }
    if ((await secrets.set('coingeckoApiKey', bindSecret(key, keyTarget(url)))) === 'refused') {
      throw new SecretError(message('secret.key-not-stored'));
    }
  };

  /** The target of the stored key; null if there is none. */
  const targetOfKey = async (): Promise<string | null> => {
    const now = keyTarget(baseUrl());
    if (isInEnvironment) return now;
    if (secrets === undefined) return null;
    try {
      const kept = await secrets.get('coingeckoApiKey');
      return kept === null ? null : (readBoundSecret(kept).target ?? now);
    } catch {
      return now; // it exists, and cannot be read while the keyring is locked
    }
  };

  const refuse = (reason: Message): never => {
    throw new SettingsError(reason, { issues: [{ setting: 'coingeckoUrl', message: reason }] });
  };

  return {
    async set(key) {
      if (key !== null) await keep(key, baseUrl());
      else if (secrets === undefined) throw new SecretError(NO_STORE);
      else await secrets.remove('coingeckoApiKey');
    },

    async with(next, change) {
      const url = next.baseUrl === undefined ? baseUrl() : next.baseUrl;
      const target = keyTarget(url);
      const keyIsFor = await targetOfKey();
      const moves = next.baseUrl !== undefined && keyIsFor !== null && keyIsFor !== target;
      if (moves && isInEnvironment && url !== null) {
        refuse(message('secret.key-of-environment', { keptFor: keyIsFor, target }));
      }
      if (moves && !isInEnvironment && next.key === undefined) {
        refuse(message('secret.key-for-another-server', { keptFor: keyIsFor, target }));
      }
      if (next.key === undefined) return change();

      const earlier = (await secrets?.get('coingeckoApiKey').catch(() => null)) ?? null;
      await keep(next.key, url);
      try {
        await change();
      } catch (cause) {
        if (earlier === null) await secrets?.remove('coingeckoApiKey');
        else await secrets?.set('coingeckoApiKey', earlier);
        throw cause;
      }
    },
  };
}
