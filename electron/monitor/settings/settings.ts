import type { SettingsView } from '../../../shared/contract/settings-view.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { connectionUrlFault } from '../../../shared/settings/connection-url.ts';
import { changeOfDefaultRule, withDefaultRule } from '../../../shared/settings/rules-in-force.ts';
import {
  DEFAULT_SETTINGS,
  LIVE_SETTINGS,
  type SettingName,
  type SettingOrigin,
  type Settings,
  settingsSchema,
} from '../../../shared/settings/settings.ts';
import { watchlistFaults } from '../../../shared/settings/watchlists.ts';
import { createTurns } from '../async/in-turn.ts';
import {
  type DatabasePassword,
  hasHiddenPassword,
  hidePassword,
  splitPassword,
  withKnownPassword,
} from '../secrets/database-password.ts';
import { passwordTarget } from '../secrets/secret-target.ts';
import type { StoredNotices } from '../status/stored-notices.ts';
import type { FileSettings } from './parse-settings.ts';
import { settingFromText, type TextSource } from './setting-from-text.ts';
import { DEMO_SETTINGS_VARIABLE, SETTING_SOURCES } from './setting-sources.ts';
import { SettingsError } from './settings-error.ts';
import { openSettingsFile } from './settings-file.ts';

export type SettingsStore = {
  /** The settings in effect. */
  current(): Settings;
  /** The values in settings.json and the sources that override it, including those that take effect at the next start. */
  written(): Settings;
  /** The settings as shown to a page: without the password in `databaseUrl`. */
  view(dataDir: string): Omit<SettingsView, 'secrets'>;
  /**
   * Writes the patch to settings.json and applies what can be changed while the program runs. Changes run one after another, and
   * each applies to the result of the previous one or to what the owner wrote into the file meanwhile.
   *
   * @param patch the settings to change, or a function that computes them from the settings at that time: used to change one item
   *   of a list while others may change another
   * @returns the names of live settings whose value changed
   * @throws SettingsError when a name is set by a flag or variable, which the file could not override, when the connection URL
   * cannot be read or names another server for a password that it does not contain (a stored one, or that of PGPASSWORD), or when
   * the file cannot be written; it is then unchanged
   * @throws SecretError when a new database password cannot be stored
   */
  change(patch: FileSettings | UpdateSettings): Promise<readonly SettingName[]>;
  /**
   * Applies what its owner wrote into settings.json, as far as it can be changed while the program runs. An invalid file changes
   * nothing.
   *
   * @returns the names of live settings whose value changed
   * @throws SettingsError when the file cannot be read
   */
  reload(): Promise<readonly SettingName[]>;
  /** The URL to connect to the user's own database, including the password; empty for the embedded server. */
  databaseUrl(): string;
  /**
   * Moves a password in settings.json to the store of secrets.
   *
   * @throws SecretError when it cannot be stored there; the file is then unchanged
   */
  movePassword(): Promise<void>;
};

/** The settings to change, computed from the current values of the file and the sources that override it. */
export type UpdateSettings = (now: Settings) => FileSettings;

export type SettingsInput = {
  readonly path: string;
  /** Text of flags by setting name. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Stores the password of `databaseUrl` separately from settings.json; absent if the host cannot store secrets. */
  readonly databasePassword?: DatabasePassword | undefined;
  /** Receives the faults of settings.json. */
  readonly notices: Pick<StoredNotices, 'add' | 'hold'>;
};

const NAMES = Object.keys(settingsSchema.shape) as readonly SettingName[];

/**
 * Reads the settings from flags, environment, settings.json and defaults; the first that has a value wins.
 *
 * @throws FlagError or SettingsError naming the flag or variable, its value and the fault, or a settings.json that cannot be read at
 * all
 */
export function openSettings({ path, flags, env, databasePassword, notices }: SettingsInput): SettingsStore {
  const fromFlags = parseTexts((name) => ({
    // An empty flag has a meaning only for the database URL: the embedded server.
    text: flags[name] === '' && name !== 'databaseUrl' ? undefined : flags[name],
    label: SETTING_SOURCES[name].flag?.name ?? name,
    kind: 'flag',
  }));
  const fromEnv = parseTexts((name) => {
    const variable = SETTING_SOURCES[name].env;
    // An empty variable counts as unset.
    return { text: (variable && env[variable]) || undefined, label: variable ?? name, kind: 'variable' };
  });
  const ofDemo = new Set(env[DEMO_SETTINGS_VARIABLE]?.split(','));
  const settingsFile = openSettingsFile(path, {
    repaired: (notice) => notices.add('settings-file', notice),
    unknown: (notice) => notices.hold('settings-names', notice),
  });
  const inTurn = createTurns();
  let file = settingsFile.settings;
  const started = merge(file);
  let current = started;
  refuseLostWatchlists(started);

  function merge(fromFile: FileSettings): Settings {
    return withDefaultRule({ ...DEFAULT_SETTINGS, ...fromFile, ...fromEnv, ...fromFlags });
  }

  const originOf = (name: SettingName): SettingOrigin => {
    if (name in fromFlags) return 'flag';
    if (name in fromEnv) return ofDemo.has(SETTING_SOURCES[name].env ?? '') ? 'demo' : 'environment';
    return name in file ? 'file' : 'default';
  };

  /** Only a URL from settings.json can have its password stored separately; one from a flag or variable includes it. */
  const storedPassword = (): DatabasePassword | undefined =>
    ['file', 'default'].includes(originOf('databaseUrl')) ? databasePassword : undefined;
  const shownUrl = (): string => {
    const { databaseUrl } = merge(file);
    return storedPassword()?.shown(databaseUrl) ?? hidePassword(databaseUrl);
  };

  /** A page's changes in the form that the file stores. */
  const patchFor = async (patch: FileSettings): Promise<FileSettings> => {
    const before = merge(file);
    const names = NAMES.filter((name) => name in patch && differs(patch[name], before[name])).filter(
      // The page was shown the URL without its password and returns it in that form.
      (name) => name !== 'databaseUrl' || patch.databaseUrl !== shownUrl(),
    );
    for (const name of names) {
      const origin = originOf(name);
      const { flag, env: variable } = SETTING_SOURCES[name];
      const label = origin === 'flag' ? flag?.name : origin === 'environment' ? variable : null;
      if (origin === 'demo') throw refusal(name, message('setting.set-by-demo', { setting: name }));
      if (label) throw refusal(name, message('setting.overridden', { setting: name, label }));
    }
    const fault = names.includes('databaseUrl') ? connectionUrlFault(patch.databaseUrl ?? '') : null;
    if (fault !== null) throw refusal('databaseUrl', message('setting.connection-url', { fault }));
    if (names.includes('databaseUrl') && hasHiddenPassword(shownUrl())) {
      refuseMovedPassword(patch.databaseUrl ?? '', before.databaseUrl);
    }
    if (names.includes('databaseUrl') && env.PGPASSWORD) {
      refuseEnvironmentPassword(patch.databaseUrl ?? '', before.databaseUrl);
    }
    const changed: FileSettings = {
      ...Object.fromEntries(names.map((name) => [name, patch[name]])),
      ...changeOfDefaultRule(patch, patch.rules ?? file.rules ?? []),
    };
    if (changed.databaseUrl === undefined) return changed;
    const databaseUrl = databasePassword
      ? await databasePassword.keep(changed.databaseUrl)
      : withKnownPassword(changed.databaseUrl, before.databaseUrl);
    return { ...changed, databaseUrl };
  };

  /** Changes the file. If that fails, the previous password of its URL is restored. */
  const changeFile = async (patch: () => Promise<FileSettings>): Promise<void> => {
    let undo = null as (() => Promise<unknown>) | null;
    try {
      file = await settingsFile.change(async (now) => {
        file = now;
        const { databaseUrl = '' } = now;
        const earlier = databasePassword?.complete(databaseUrl) ?? databaseUrl;
        const changed = await patch();
        // Called again, the password is already the new one.
        if (changed.databaseUrl !== undefined) undo ??= async () => databasePassword?.keep(earlier);
        return changed;
      });
    } catch (cause) {
      await undo?.();
      throw cause;
    }
  };

  /** Applies what can be changed while the program runs, and returns the names of what has changed. */
  const putIntoForce = (): readonly SettingName[] => {
    const next = merge(file);
    const live = NAMES.filter((name) => isLive(name) && differs(next[name], current[name]));
    current = { ...current, ...Object.fromEntries(live.map((name) => [name, next[name]])) };
    return live;
  };

  const withheld = storedPassword()?.withheldFor(started.databaseUrl) ?? null;
  notices.hold(
    'database-password',
    withheld === null
      ? null
      : message('database.password-for-another-server', {
          keptFor: withheld,
          target: passwordTarget(started.databaseUrl),
        }),
  );

  return {
    current: () => current,
    written: () => merge(file),
    databaseUrl: () => storedPassword()?.complete(started.databaseUrl) ?? started.databaseUrl,
    movePassword: () =>
      inTurn(async () => {
        const hasPassword = splitPassword(file.databaseUrl ?? '').password !== null;
        if (databasePassword === undefined || !hasPassword) return;
        await changeFile(async () => ({ databaseUrl: await databasePassword.keep(file.databaseUrl ?? '') }));
      }),
    view: (dataDir) => ({
      settings: { ...merge(file), databaseUrl: shownUrl() },
      origins: Object.fromEntries(NAMES.map((name) => [name, originOf(name)])),
      dataDir,
      apiKeyInEnvironment: Boolean(env.COINGECKO_API_KEY?.trim()),
      needRestart: NAMES.filter((name) => !isLive(name) && differs(merge(file)[name], started[name])),
    }),
    change: (patch) =>
      inTurn(async () => {
        await changeFile(() => patchFor(typeof patch === 'function' ? patch(merge(file)) : patch));
        return putIntoForce();
      }),
    reload: () =>
      inTurn(async () => {
        file = settingsFile.reload() ?? file;
        return putIntoForce();
      }),
  };
}

/** A password that is hidden from the page belongs to the server that it was entered for. */
function refuseMovedPassword(url: string, earlier: string): void {
  const [target, before] = [passwordTarget(url), passwordTarget(earlier)];
  if (!hasHiddenPassword(url) || target === before) return;
  const reason = message('setting.password-for-another-server', { keptFor: before, target });
  throw refusal('databaseUrl', reason);
}

/** A password in the environment would be sent with every URL that has none, including one of another server. */
function refuseEnvironmentPassword(url: string, earlier: string): void {
  const target = passwordTarget(url);
  const isWithout = splitPassword(url).password === null || hasHiddenPassword(url);
  if (url === '' || !isWithout || target === passwordTarget(earlier)) return;
  throw refusal('databaseUrl', message('setting.password-of-environment', { target }));
}

/** A setting that cannot be changed, with the reason at its field. */
function refusal(setting: SettingName, reason: Message): SettingsError {
  return new SettingsError(reason, { issues: [{ setting, message: reason }] });
}

type SourceText = TextSource & { readonly text: string | undefined };

function parseTexts(source: (name: SettingName) => SourceText): FileSettings {
  const settings: Record<string, unknown> = {};
  for (const name of NAMES) {
    const { text, ...from } = source(name);
    if (text !== undefined) settings[name] = settingFromText(name, text, from);
  }
  return settings as FileSettings;
}

/** A rule or a watchlist from a variable may not match those in the file. */
function refuseLostWatchlists(settings: Settings): void {
  for (const [id, fault] of watchlistFaults(settings))
    throw new SettingsError(message('rule.fault', { id, fault }));
}

function isLive(name: SettingName): boolean {
  return (LIVE_SETTINGS as readonly SettingName[]).includes(name);
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
