import type { SettingName, Settings } from '../../../shared/settings/settings.ts';
import type { CheckSettings } from './check-settings.ts';
import type { KeyChanges } from './key-changes.ts';
import type { FileSettings } from './parse-settings.ts';
import type { SettingsStore } from './settings.ts';

/** How long a change waits for the provider to say whether a coin or a currency exists. */
const CHECK_TIMEOUT_MS = 5_000;

/** What a page wants changed. */
export type SettingsPatch = FileSettings & {
  /** The API key for the address that counts after the change. */
  readonly coingeckoApiKey?: string | undefined;
};

/** The one way to change settings and the API key while the program runs. */
export type SettingsWriter = {
  /**
   * Checks the patch, writes it, and resolves when it is in force.
   *
   * @throws SettingsError with an issue for each setting that makes no sense or cannot be changed
   * @throws SecretError when the key cannot be kept
   */
  change(patch: SettingsPatch): Promise<void>;
  /**
   * Puts into force what was written into settings.json by others. Resolves when it is.
   *
   * @throws SettingsError when the file cannot be read
   */
  reload(): Promise<void>;
  /**
   * Keeps an API key for the address in the settings, or forgets the kept one (null).
   *
   * @throws SecretError when that cannot be done
   */
  setKey(key: string | null): Promise<void>;
};

export type SettingsWriterParts = {
  readonly store: Pick<SettingsStore, 'current' | 'change' | 'reload'>;
  readonly check: CheckSettings;
  readonly keyChanges: KeyChanges;
  /** Called with the settings in force and the names of those that have changed. */
  readonly apply: (settings: Settings, changed: readonly SettingName[]) => Promise<void>;
};

export function createSettingsWriter({
  store,
  check,
  keyChanges,
  apply,
}: SettingsWriterParts): SettingsWriter {
  const applyChanged = async (changed: readonly SettingName[]): Promise<void> => {
    if (changed.length > 0) await apply(store.current(), changed);
  };
  return {
    change: ({ coingeckoApiKey: key, ...patch }) =>
      keyChanges.with({ baseUrl: patch.coingeckoUrl, key }, async () => {
        await check(patch, store.current(), AbortSignal.timeout(CHECK_TIMEOUT_MS));
        await applyChanged(await store.change(patch));
      }),
    reload: async () => applyChanged(await store.reload()),
    setKey: keyChanges.set,
  };
}
