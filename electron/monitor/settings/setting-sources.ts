import type { MessageCode } from '../../../shared/messages/message.ts';
import type { SettingName } from '../../../shared/settings/settings.ts';

/** The code of a text of `--help` without parameters. */
export type HelpCode = Exclude<Extract<MessageCode, `help.${string}`>, 'help.from-environment'>;

type Flag = { readonly name: `--${string}`; readonly argument: string; readonly help: HelpCode };

type Source = {
  /** The command-line flag with its argument; null for a setting without one. */
  readonly flag: Flag | null;
  readonly env: string | null;
  /** Converts the text of a flag or a variable into the type that the schema expects; the schema then checks it. */
  readonly parse: (text: string) => unknown;
};

const asText = (text: string): unknown => text;
const asWord = (text: string): unknown => text.trim().toLowerCase();
// An empty or blank text is not a number; Number('') would make it 0.
const asNumber = (text: string): unknown => (text.trim() === '' ? text : Number(text));
/** Converts a word to null, which overrides the value in settings.json; an empty variable does not. */
const asNull =
  (word: 'never' | 'none', otherwise: Source['parse']): Source['parse'] =>
  (text) =>
    asWord(text) === word ? null : otherwise(text);
const asList = (text: string): unknown =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
/** A text that is not JSON is passed to the schema, which rejects it. */
const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
/** Parses a switch: `true`, `false`, `1` or `0` in any case. Any other text is passed to the schema, which rejects it. */
export const asSwitch = (text: string): unknown =>
  ({ true: true, 1: true, false: false, 0: false })[text.trim().toLowerCase()] ?? text;

type FlagName<Code> = Code extends `help.${infer Name}` ? Name : never;

/** A flag, whose text of `--help` has its name. */
const flag = (name: FlagName<HelpCode>, argument: string): Flag => ({
  name: `--${name}`,
  argument,
  help: `help.${name}`,
});

/** Set only by the demo: the names of the variables, separated by commas, that the demo sets rather than its user. */
export const DEMO_SETTINGS_VARIABLE = 'MONITOR_DEMO_SETTINGS';

/** The sources of each setting in addition to settings.json. Scripts and users rely on these names. */
export const SETTING_SOURCES: Readonly<Record<SettingName, Source>> = {
  coins: { flag: flag('coins', '<ids>'), env: 'MONITOR_COINS', parse: asList },
  vsCurrency: { flag: flag('vs-currency', '<code>'), env: 'MONITOR_VS_CURRENCY', parse: asText },
  pollSeconds: { flag: flag('poll-seconds', '<seconds>'), env: 'MONITOR_POLL_SECONDS', parse: asNumber },
  alertThresholdPct: { flag: null, env: null, parse: asNumber },
  alertWindowMinutes: { flag: null, env: null, parse: asNumber },
  rules: { flag: null, env: 'MONITOR_RULES', parse: asJson },
  watchlists: { flag: null, env: 'MONITOR_WATCHLISTS', parse: asJson },
  databaseUrl: { flag: flag('database-url', '<url>'), env: 'DATABASE_URL', parse: asText },
  archiveUrl: {
    flag: flag('archive-url', '<url|none>'),
    env: 'MONITOR_ARCHIVE_URL',
    parse: asNull('none', asText),
  },
  keepTicksDays: {
    flag: flag('keep-ticks-days', '<days|never>'),
    env: 'MONITOR_KEEP_TICKS_DAYS',
    parse: asNull('never', asNumber),
  },
  keepMinutesDays: {
    flag: flag('keep-minutes-days', '<days|never>'),
    env: 'MONITOR_KEEP_MINUTES_DAYS',
    parse: asNull('never', asNumber),
  },
  maxDatabaseGb: {
    flag: flag('max-database-gb', '<gigabytes|none>'),
    env: 'MONITOR_MAX_DATABASE_GB',
    parse: asNull('none', asNumber),
  },
  deleteWithoutArchive: {
    flag: flag('delete-without-archive', '<true|false>'),
    env: 'MONITOR_DELETE_WITHOUT_ARCHIVE',
    parse: asSwitch,
  },
  coingeckoUrl: { flag: flag('coingecko-url', '<url>'), env: 'COINGECKO_BASE_URL', parse: asText },
  exchanges: {
    flag: flag('exchanges', '<ids>'),
    env: 'MONITOR_EXCHANGES',
    parse: (text) => (asWord(text) === 'none' ? [] : asList(text.toLowerCase())),
  },
  realTime: { flag: flag('real-time', '<true|false>'), env: 'MONITOR_REAL_TIME', parse: asSwitch },
  alertsFile: { flag: flag('alerts-file', '<file>'), env: 'MONITOR_ALERTS_FILE', parse: asText },
  channels: { flag: null, env: 'MONITOR_CHANNELS', parse: asJson },
  mutes: { flag: null, env: null, parse: asJson },
  pause: { flag: null, env: null, parse: asJson },
  quietHours: { flag: null, env: 'MONITOR_QUIET_HOURS', parse: asNull('none', asText) },
  marketAlerts: { flag: null, env: 'MONITOR_MARKET_ALERTS', parse: asJson },
  inhibition: { flag: null, env: 'MONITOR_INHIBITION', parse: asJson },
  port: { flag: flag('port', '<port>'), env: 'MONITOR_PORT', parse: asNumber },
  notificationSound: { flag: null, env: null, parse: asText },
  trayCoin: { flag: null, env: null, parse: asText },
  logLevel: { flag: flag('log-level', '<level>'), env: 'MONITOR_LOG_LEVEL', parse: asWord },
};
