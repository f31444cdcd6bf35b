import { z } from 'zod';
import { coinIdSchema } from '../domain/coin-id.ts';
import { ruleSchema } from '../domain/rule.ts';
import { says } from '../messages/fault-of-issue.ts';
import { message, messageSchema } from '../messages/message.ts';
import { channelsSchema } from './channel-setting.ts';
import { inhibitionSchema } from './inhibition.ts';
import { marketAlertsSchema } from './market-alerts.ts';
import { mutesSchema } from './mutes.ts';
import { pauseSchema } from './pause.ts';
import { DEFAULT_RETENTION, retentionShape } from './retention.ts';
import { UNSAFE_PORTS } from './unsafe-ports.ts';
import { hasSecretParameter, hasUrlCredentials } from './url-secret.ts';
import { watchlistsSchema } from './watchlists.ts';

const MAX_RULES = 100;

/** The log levels, most verbose first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** The supported exchanges. They are also sources in the database: do not rename them. */
export const EXCHANGES = ['kraken', 'coinbase', 'binance'] as const;
export type ExchangeId = (typeof EXCHANGES)[number];

/** `22:00-07:00`. */
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;

/** Whether start and end of the quiet hours differ. */
const isRange = (hours: string): boolean => {
  const [from, to] = hours.split('-');
  return from !== to;
};

/** The settings: in settings.json, environment variables and flags. */
export const settingsSchema = z.strictObject({
  coins: z
    .array(coinIdSchema)
    .min(1)
    .max(500)
    .transform((ids) => [...new Set(ids)]),
  vsCurrency: z
    .string()
    .trim()
    .toLowerCase()
    .refine((code) => /^[a-z]{2,10}$/.test(code), says(message('value.not-a-currency'))),
  /** Seconds between price requests; null for the shortest interval that the provider's plan allows. */
  pollSeconds: z.number().min(1).max(3_600).nullable(),
  /** The default rule fires when a price is further than this from the moving average. */
  alertThresholdPct: z.number().min(0.01).max(100),
  /** The window of the default rule's moving average. */
  alertWindowMinutes: z.number().min(1).max(43_200),
  /** Rules in addition to the default one, which the two settings above define. A rule with its id replaces it. */
  rules: z
    .array(ruleSchema)
    .refine((rules) => rules.length <= MAX_RULES, says(message('value.too-many-rules', { most: MAX_RULES })))
    .refine(
      (rules) => new Set(rules.map(({ id }) => id)).size === rules.length,
      says(message('value.rule-twice')),
    ),
  /** Named lists of coins, which the scope of a rule or the route of a channel can refer to. */
  watchlists: watchlistsSchema,
  /** Connection URL of the user's own PostgreSQL; empty for the embedded server. */
  databaseUrl: z
    .string()
    .trim()
    .refine((url) => url === '' || /^postgres(ql)?:\/\//.test(url), says(message('connection-url.scheme'))),
  ...retentionShape,
  /** Base URL of the CoinGecko API or of a proxy for it; null for the plan's default. */
  coingeckoUrl: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !hasUrlCredentials(url), says(message('value.url-with-credentials')))
    .refine((url) => !hasSecretParameter(url), says(message('value.url-with-key')))
    .nullable(),
  /** The exchanges to use in addition to CoinGecko, in order of preference; empty for none. */
  exchanges: z.array(z.enum(EXCHANGES)).transform((ids) => [...new Set(ids)]),
  /** Whether to stream every trade of the coins that an exchange lists in the quote currency. */
  realTime: z.boolean(),
  /** The file to which alerts are appended; null for alerts.txt in the data folder. */
  alertsFile: z.string().min(1).nullable(),
  /** The channels in addition to alerts.txt and the desktop's notifications. */
  channels: channelsSchema,
  /** When alerts of many coins are combined into one message to people. */
  marketAlerts: marketAlertsSchema,
  /** When people are not notified of alerts that follow those of a leading coin. */
  inhibition: inhibitionSchema,
  /** Alerts that are not delivered for a while. */
  mutes: mutesSchema,
  /** A pause of alerts to people; null for none. */
  pause: pauseSchema.nullable(),
  /**
   * When no alerts are delivered to people, in local time; the end may be on the next day. They get one summary at the end. Null
   * for no quiet hours.
   */
  quietHours: z
    .string()
    .trim()
    .refine((hours) => HOURS.test(hours), says(message('value.not-hours')))
    .refine(isRange, says(message('value.no-hours')))
    .nullable(),
  /** Port of the browser host; null for a free one. */
  port: z
    .number()
    .int()
    .min(0)
    .max(65_535)
    .refine((port) => !UNSAFE_PORTS.has(port), says(message('value.unsafe-port')))
    .nullable(),
  /** Whether a notification makes a sound. */
  notificationSound: z.boolean(),
  /** The coin whose price is shown next to the tray icon on macOS; null for none. */
  trayCoin: coinIdSchema.nullable(),
  logLevel: z.enum(LOG_LEVELS),
});
export type Settings = Readonly<z.output<typeof settingsSchema>>;
export type SettingName = keyof Settings;

export const DEFAULT_SETTINGS: Settings = {
  coins: ['bitcoin', 'ethereum', 'zcash'],
  vsCurrency: 'usd',
  pollSeconds: null,
  alertThresholdPct: 2,
  alertWindowMinutes: 5,
  rules: [],
  watchlists: [],
  databaseUrl: '',
  ...DEFAULT_RETENTION,
  coingeckoUrl: null,
  exchanges: [...EXCHANGES],
  realTime: true,
  alertsFile: null,
  channels: [],
  mutes: [],
  pause: null,
  quietHours: null,
  marketAlerts: { enabled: true, sharePct: 40, withinSeconds: 60 },
  inhibition: { enabled: true, leadingCoin: 'bitcoin', score: 4, floorPct: 0.4 },
  port: null,
  notificationSound: false,
  trayCoin: null,
  logLevel: 'info',
};

/** The origin of a setting's value, highest precedence first. `demo` are variables that the demo sets itself. */
export const settingOriginSchema = z.enum(['flag', 'environment', 'demo', 'file', 'default', 'installation']);
export type SettingOrigin = z.infer<typeof settingOriginSchema>;

/** Settings of the desktop app only; the monitor does not use them. */
export const DESKTOP_SETTINGS = ['notificationSound', 'trayCoin'] as const satisfies readonly SettingName[];

/** Settings of the delivery of alerts. They change neither rules nor sources. */
export const DELIVERY_SETTINGS = [
  'channels',
  'marketAlerts',
  'mutes',
  'pause',
  'quietHours',
] as const satisfies readonly SettingName[];

/** Settings that take effect immediately; the others take effect at the next start. */
export const LIVE_SETTINGS = [
  'coins',
  'vsCurrency',
  'pollSeconds',
  'exchanges',
  'realTime',
  'alertThresholdPct',
  'alertWindowMinutes',
  'rules',
  'watchlists',
  'inhibition',
  'archiveUrl',
  'keepTicksDays',
  'keepMinutesDays',
  'maxDatabaseGb',
  'deleteWithoutArchive',
  ...DELIVERY_SETTINGS,
  ...DESKTOP_SETTINGS,
] as const satisfies readonly SettingName[];

/** What is wrong with a setting, to be shown at its field. */
export const settingIssueSchema = z.object({
  setting: z.string(),
  message: messageSchema,
  /** The invalid part of the value, and what was probably meant. */
  suggestion: z.object({ value: z.string(), meant: z.string() }).optional(),
});
export type SettingIssue = Readonly<z.infer<typeof settingIssueSchema>>;

/** Issues of settings that are each valid but contradict each other. */
export function settingConflicts({
  coins,
  trayCoin,
}: Pick<Settings, 'coins' | 'trayCoin'>): readonly SettingIssue[] {
  if (trayCoin === null || coins.includes(trayCoin)) return [];
  return [{ setting: 'trayCoin', message: message('setting.tray-coin-unwatched', { coinId: trayCoin }) }];
}
