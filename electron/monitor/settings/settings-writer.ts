import type { SettingName, Settings } from '../../../shared/settings/settings.ts';
import type { CheckSettings } from './check-settings.ts';
import type { KeyChanges } from './key-changes.ts';
import type { FileSettings } from './parse-settings.ts';
import type { SettingsStore, UpdateSettings } from './settings.ts';

/** How long a change waits for the provider to confirm that a coin or a currency exists. */
const CHECK_TIMEOUT_MS = 5_000;

/** The change that a page requests. */
export type SettingsPatch = FileSettings & {
  /** The API key for the address that applies after the change. */
  readonly coingeckoApiKey?: string | undefined;
};

/** The only way to change settings and the API key while the program runs. */
export type SettingsWriter = {
  /**
   * Checks the patch, writes it, and resolves when it is in effect.
   *
   * @param merge computes the part of the patch that depends on the settings when it is this change's turn
   * @throws SettingsError with an issue for each setting that is invalid or cannot be changed
   * @throws SecretError when the key cannot be stored
   */
  change(patch: SettingsPatch, merge?: UpdateSettings): Promise<void>;
  /**
   * Changes a part of the settings, such as an item of a list: of two concurrent changes, none is lost.
   *
   * @param make computes the change from the settings when it is this change's turn. It is called again if they have changed
   *   during the check, and may throw to refuse
   * @throws errors of `change` and `make`
   */
  update(make: UpdateSettings): Promise<void>;
  /**
   * Applies changes that others have written to settings.json. Resolves when they are in effect.
   *
   * @throws SettingsError when the file cannot be read
   */
  reload(): Promise<void>;
  /**
   * Stores an API key for the address in the settings, or deletes the stored one (null).
   *
   * @throws SecretError when that is not possible
   */
  setKey(key: string | null): Promise<void>;
};

export type SettingsWriterParts = {
  readonly store: Pick<SettingsStore, 'current' | 'written' | 'change' | 'reload'>;
  readonly check: CheckSettings;
  readonly keyChanges: KeyChanges;
  /** Called with the settings in effect and the names of those that have changed. */
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

  /** Checks and writes. Only checked settings are written: if they have changed meanwhile, they are checked again. */
  const write = async (make: UpdateSettings): Promise<void> => {
    for (;;) {
      const checked = make(store.written());
      await check(checked, store.current(), AbortSignal.timeout(CHECK_TIMEOUT_MS));
      let wanted = checked;
      await applyChanged(
        await store.change((now) => {
          wanted = make(now);
          return isSame(wanted, checked) ? wanted : NOTHING;
        }),
      );
      if (isSame(wanted, checked)) return;
    }
  };

  return {
    change: ({ coingeckoApiKey: key, ...patch }, merge) =>
      keyChanges.with({ baseUrl: patch.coingeckoUrl, key }, () =>
        write((now) => ({ ...patch, ...merge?.(now) })),
      ),
    update: write,
    reload: async () => applyChanged(await store.reload()),
    setKey: keyChanges.set,
  };
}

const NOTHING: FileSettings = {};

const isSame = (a: FileSettings, b: FileSettings): boolean => JSON.stringify(a) === JSON.stringify(b);
