import { z } from 'zod';
import { isCoinId } from '../domain/coin-id.ts';
import { ruleSchema } from '../domain/rule.ts';
import { says } from '../messages/fault-of-issue.ts';
import { message, messageSchema } from '../messages/message.ts';
import { channelsSchema } from './channel-setting.ts';
import { UNSAFE_PORTS } from './unsafe-ports.ts';

const MOST_RULES = 100;

const coinId = z
  .string()
  .trim()
  .toLowerCase()
  .refine(isCoinId, says(message('value.not-a-coin-id')));

/** The log levels, most talkative first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** The exchanges that prices can come from. Each is also a source's name in the database: do not rename. */
export const EXCHANGES = ['kraken', 'coinbase', 'binance'] as const;
export type ExchangeId = (typeof EXCHANGES)[number];

/** `22:00-07:00`. */
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;

/** Whether a stretch from one time of day to another is longer than nothing. */
const isNoInstant = (hours: string): boolean => {
  const [from, to] = hours.split('-');
  return from !== to;
};

/** A text that is no URL is left to other checks. */
const hasNoCredentials = (text: string): boolean => {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return username === '' && password === '';
};

/** What a user can set, in the file, by environment or by flag. */
export const settingsSchema = z.strictObject({
  coins: z
    .array(coinId)
    .min(1)
    .max(500)
    .transform((ids) => [...new Set(ids)]),
  vsCurrency: z
    .string()
    .trim()
    .toLowerCase()
    .refine((code) => /^[a-z]{2,10}$/.test(code), says(message('value.not-a-currency'))),
  /** Seconds between price requests; null lets the provider's plan decide. */
  pollSeconds: z.number().min(1).max(3_600).nullable(),
  /** An alert is raised when a price is further than this from the moving average. */
  alertThresholdPct: z.number().min(0.01).max(100),
  /** Length of the moving average. */
  alertWindowMinutes: z.number().min(1).max(43_200),
  /** Rules beside the one that the two settings above shape, or in its place where one has the id `moving-average`. */
  rules: z
    .array(ruleSchema)
    .refine(
      (rules) => rules.length <= MOST_RULES,
      says(message('value.too-many-rules', { most: MOST_RULES })),
    )
    .refine(
      (rules) => new Set(rules.map(({ id }) => id)).size === rules.length,
      says(message('value.rule-twice')),
    ),
  /** Connection URL of the user's own PostgreSQL; empty for the embedded server. */
  databaseUrl: z
    .string()
    .trim()
    .refine((url) => url === '' || /^postgres(ql)?:\/\//.test(url), says(message('connection-url.scheme'))),
  /** Base URL of the CoinGecko API or of a proxy for it; null for the plan's own. */
  coingeckoUrl: z
    .url({ protocol: /^https?$/ })
    .refine(hasNoCredentials, says(message('value.url-with-credentials')))
    .nullable(),
  /** Where prices come from beside CoinGecko, the preferred exchange first; empty for none. */
  exchanges: z.array(z.enum(EXCHANGES)).transform((ids) => [...new Set(ids)]),
  /** Follow every trade of the coins that an exchange lists in the quote currency. */
  realTime: z.boolean(),
  /** Where alerts are appended; null for alerts.txt in the data folder. */
  alertsFile: z.string().min(1).nullable(),
  /** Where alerts are delivered beside alerts.txt and the desktop's notifications. */
  channels: channelsSchema,
  /** Port of the browser host; null for a free one. */
  port: z
    .number()
    .int()
    .min(0)
    .max(65_535)
    .refine((port) => !UNSAFE_PORTS.has(port), says(message('value.unsafe-port')))
    .nullable(),
  /** When no notification is shown, in local time; the end may be on the next day. Null for never. */
  quietHours: z
    .string()
    .trim()
    .refine((hours) => HOURS.test(hours), says(message('value.not-hours')))
    .refine(isNoInstant, says(message('value.no-hours')))
    .nullable(),
  /** Whether a notification makes a sound. */
  notificationSound: z.boolean(),
  /** The coin whose price stands beside the tray icon on macOS; null for none. */
  trayCoin: coinId.nullable(),
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
  databaseUrl: '',
  coingeckoUrl: null,
  exchanges: [...EXCHANGES],
  realTime: true,
  alertsFile: null,
  channels: [],
  port: null,
  quietHours: null,
  notificationSound: false,
  trayCoin: null,
  logLevel: 'info',
};

/** Where the value in force comes from, strongest first. The demo sets variables of its own, which its user did not. */
export const settingOriginSchema = z.enum(['flag', 'environment', 'demo', 'file', 'default']);
export type SettingOrigin = z.infer<typeof settingOriginSchema>;

/** Settings of the desktop app's tray and notifications; the monitor itself does not use them. */
export const DESKTOP_SETTINGS = [
  'quietHours',
  'notificationSound',
  'trayCoin',
] as const satisfies readonly SettingName[];

/** Settings that a running program takes over at once; the others count from the next start. */
export const LIVE_SETTINGS = [
  'coins',
  'vsCurrency',
  'pollSeconds',
  'exchanges',
  'realTime',
  'alertThresholdPct',
  'alertWindowMinutes',
  'rules',
  ...DESKTOP_SETTINGS,
] as const satisfies readonly SettingName[];

/** What is wrong with one setting, to be shown at its field. */
export const settingIssueSchema = z.object({
  setting: z.string(),
  message: messageSchema,
  /** The part of the value that is wrong, and what was probably meant. */
  suggestion: z.object({ value: z.string(), meant: z.string() }).optional(),
});
export type SettingIssue = Readonly<z.infer<typeof settingIssueSchema>>;

/** Where settings that are right by themselves make no sense together. */
export function settingConflicts({
  coins,
  trayCoin,
}: Pick<Settings, 'coins' | 'trayCoin'>): readonly SettingIssue[] {
  if (trayCoin === null || coins.includes(trayCoin)) return [];
  return [{ setting: 'trayCoin', message: message('setting.tray-coin-unwatched', { coinId: trayCoin }) }];
}
