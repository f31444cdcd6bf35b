import type { SettingName, Settings } from '../../../shared/settings/settings.ts';
import type { CheckSettings } from './check-settings.ts';
import type { KeyChanges } from './key-changes.ts';
import type { FileSettings } from './parse-settings.ts';
import type { SettingsStore, UpdateSettings } from './settings.ts';

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
   * @param merge what of the patch depends on the settings as they are when it is its turn
   * @throws SettingsError with an issue for each setting that makes no sense or cannot be changed
   * @throws SecretError when the key cannot be kept
   */
  change(patch: SettingsPatch, merge?: UpdateSettings): Promise<void>;
  /**
   * Changes a part of what is set, such as an item of a list: of two such changes at the same time, none is lost.
   *
   * @param make makes the change from the settings as they are when it is its turn. It is called again when they have changed
   *   while the change was checked, and may throw to refuse
   * @throws what `change` and `make` throw
   */
  update(make: UpdateSettings): Promise<void>;
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
  readonly store: Pick<SettingsStore, 'current' | 'written' | 'change' | 'reload'>;
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

  /** Checks and writes. What was checked is what is written: where the settings have changed meanwhile, it is checked again. */
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
