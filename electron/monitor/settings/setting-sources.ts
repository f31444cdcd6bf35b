import type { MessageCode } from '../../../shared/messages/message.ts';
import type { SettingName } from '../../../shared/settings/settings.ts';

/** The code of a text of `--help` without parameters. */
export type HelpCode = Exclude<Extract<MessageCode, `help.${string}`>, 'help.from-environment'>;

type Source = {
  /** The command-line flag with its argument; null for a setting without one. */
  readonly flag: { readonly name: `--${string}`; readonly takes: string; readonly help: HelpCode } | null;
  readonly env: string | null;
  /** Converts the text of a flag or a variable into the type that the schema expects; the schema then checks it. */
  readonly parse: (text: string) => unknown;
};

const asText = (text: string): unknown => text;
const asWord = (text: string): unknown => text.trim().toLowerCase();
// An empty or blank text is not a number; Number('') would make it 0.
const asNumber = (text: string): unknown => (text.trim() === '' ? text : Number(text));
/** A word that stands for null, which is not the default of a setting or overrides what settings.json says. */
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
/** Of a switch: `true`, `false`, `1` or `0` in any case; another text is left to the schema, which refuses it. */
export const asSwitch = (text: string): unknown =>
  ({ true: true, 1: true, false: false, 0: false })[text.trim().toLowerCase()] ?? text;

/** Set only by the demo: the names of the variables, separated by commas, that the demo sets rather than its user. */
export const DEMO_SETTINGS_VARIABLE = 'MONITOR_DEMO_SETTINGS';

/** The sources of each setting in addition to settings.json. Scripts and users rely on these names. */
export const SETTING_SOURCES: Readonly<Record<SettingName, Source>> = {
  coins: {
    flag: { name: '--coins', takes: '<ids>', help: 'help.coins' },
    env: 'MONITOR_COINS',
    parse: asList,
  },
  vsCurrency: {
    flag: { name: '--vs-currency', takes: '<code>', help: 'help.vs-currency' },
    env: 'MONITOR_VS_CURRENCY',
    parse: asText,
  },
  pollSeconds: {
    flag: { name: '--poll-seconds', takes: '<seconds>', help: 'help.poll-seconds' },
    env: 'MONITOR_POLL_SECONDS',
    parse: asNumber,
  },
  alertThresholdPct: { flag: null, env: null, parse: asNumber },
  alertWindowMinutes: { flag: null, env: null, parse: asNumber },
  rules: { flag: null, env: 'MONITOR_RULES', parse: asJson },
  watchlists: { flag: null, env: 'MONITOR_WATCHLISTS', parse: asJson },
  databaseUrl: {
    flag: { name: '--database-url', takes: '<url>', help: 'help.database-url' },
    env: 'DATABASE_URL',
    parse: asText,
  },
  archiveUrl: {
    flag: {
      name: '--archive-url',
      takes: '<url|none>',
      help: 'help.archive-url',
    },
    env: 'MONITOR_ARCHIVE_URL',
    parse: asNull('none', asText),
  },
  keepTicksDays: {
    flag: { name: '--keep-ticks-days', takes: '<days|never>', help: 'help.keep-ticks-days' },
    env: 'MONITOR_KEEP_TICKS_DAYS',
    parse: asNull('never', asNumber),
  },
  keepMinutesDays: {
    flag: {
      name: '--keep-minutes-days',
      takes: '<days|never>',
      help: 'help.keep-minutes-days',
    },
    env: 'MONITOR_KEEP_MINUTES_DAYS',
    parse: asNull('never', asNumber),
  },
  maxDatabaseGb: {
    flag: {
      name: '--max-database-gb',
      takes: '<gigabytes|none>',
      help: 'help.max-database-gb',
    },
    env: 'MONITOR_MAX_DATABASE_GB',
    parse: asNull('none', asNumber),
  },
  deleteWithoutArchive: {
    flag: {
      name: '--delete-without-archive',
      takes: '<true|false>',
      help: 'help.delete-without-archive',
    },
    env: 'MONITOR_DELETE_WITHOUT_ARCHIVE',
    parse: asSwitch,
  },
  coingeckoUrl: {
    flag: { name: '--coingecko-url', takes: '<url>', help: 'help.coingecko-url' },
    env: 'COINGECKO_BASE_URL',
    parse: asText,
  },
  exchanges: {
    flag: { name: '--exchanges', takes: '<ids>', help: 'help.exchanges' },
    env: 'MONITOR_EXCHANGES',
    parse: (text) => (asWord(text) === 'none' ? [] : asList(text.toLowerCase())),
  },
  realTime: {
    flag: { name: '--real-time', takes: '<true|false>', help: 'help.real-time' },
    env: 'MONITOR_REAL_TIME',
    parse: asSwitch,
  },
  alertsFile: {
    flag: { name: '--alerts-file', takes: '<file>', help: 'help.alerts-file' },
    env: 'MONITOR_ALERTS_FILE',
    parse: asText,
  },
  channels: { flag: null, env: 'MONITOR_CHANNELS', parse: asJson },
  mutes: { flag: null, env: null, parse: asJson },
  pause: { flag: null, env: null, parse: asJson },
  quietHours: { flag: null, env: 'MONITOR_QUIET_HOURS', parse: asNull('none', asText) },
  marketAlerts: { flag: null, env: 'MONITOR_MARKET_ALERTS', parse: asJson },
  inhibition: { flag: null, env: 'MONITOR_INHIBITION', parse: asJson },
  port: {
    flag: { name: '--port', takes: '<port>', help: 'help.port' },
    env: 'MONITOR_PORT',
    parse: asNumber,
  },
  notificationSound: { flag: null, env: null, parse: asText },
  trayCoin: { flag: null, env: null, parse: asText },
  logLevel: {
    flag: { name: '--log-level', takes: '<level>', help: 'help.log-level' },
    env: 'MONITOR_LOG_LEVEL',
    parse: asWord,
  },
};
