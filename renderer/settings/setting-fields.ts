import { LOG_LEVELS, type SettingName, type SettingOrigin } from '../../shared/settings/settings.ts';

/** A setting with a field in the dialog; rules and channels have none. */
export type FieldName = Exclude<SettingName, 'rules' | 'channels'>;

/** The field of a setting. When an `optional` text or number is empty, the program chooses the value. */
export type SettingField = {
  readonly name: FieldName;
  readonly label: string;
  readonly hint: string;
} & (
  | { readonly kind: 'coins' }
  | { readonly kind: 'list' }
  | { readonly kind: 'currency' }
  | { readonly kind: 'text' | 'number'; readonly optional: boolean; readonly placeholder?: string }
  | { readonly kind: 'switch' }
  | { readonly kind: 'coin'; readonly optional: true }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
);

/** The fields in the order of the dialog, the most frequently changed first. */
export const SETTING_FIELDS: readonly SettingField[] = [
  {
    name: 'coins',
    label: 'Coins',
    hint: 'Up to 500, in the order in which they are shown.',
    kind: 'coins',
  },
  { name: 'vsCurrency', label: 'Quote currency', hint: 'e.g. usd, eur, btc', kind: 'currency' },
  {
    name: 'alertThresholdPct',
    label: 'Alert threshold, %',
    hint: 'Distance from the average that raises an alert.',
    kind: 'number',
    optional: false,
  },
  {
    name: 'alertWindowMinutes',
    label: 'Average over, minutes',
    hint: 'Length of the moving average.',
    kind: 'number',
    optional: false,
  },
  {
    name: 'pollSeconds',
    label: 'Seconds between requests',
    hint: 'Empty: as often as the provider’s plan allows.',
    kind: 'number',
    optional: true,
    placeholder: 'automatic',
  },
  {
    name: 'realTime',
    label: 'Real-time prices',
    hint: 'Follow every trade of the coins that an exchange lists in the quote currency.',
    kind: 'switch',
  },
  {
    name: 'exchanges',
    label: 'Exchanges',
    hint: 'kraken, coinbase, binance: the preferred one first. They also stand in when CoinGecko gives no prices.',
    kind: 'list',
  },
  {
    name: 'alertsFile',
    label: 'Alerts file',
    hint: 'Empty: alerts.txt in the data folder.',
    kind: 'text',
    optional: true,
    placeholder: 'alerts.txt',
  },
  {
    name: 'databaseUrl',
    label: 'Database',
    hint: 'postgresql:// URL of your own server, with its password when you change it. Empty: the embedded one.',
    kind: 'text',
    // Its empty value is the empty string, not null.
    optional: false,
    placeholder: 'embedded PostgreSQL',
  },
  {
    name: 'coingeckoUrl',
    label: 'CoinGecko address',
    hint: 'For a proxy. Empty: by plan.',
    kind: 'text',
    optional: true,
    placeholder: 'by plan',
  },
  {
    name: 'port',
    label: 'Port of this page',
    hint: 'In a browser. Empty: a free one.',
    kind: 'number',
    optional: true,
    placeholder: 'a free one',
  },
  {
    name: 'quietHours',
    label: 'Quiet hours',
    hint: 'No notification in this time, e.g. 22:00-07:00. Desktop app.',
    kind: 'text',
    optional: true,
    placeholder: 'none',
  },
  {
    name: 'notificationSound',
    label: 'Sound with notifications',
    hint: 'Desktop app.',
    kind: 'switch',
  },
  {
    name: 'trayCoin',
    label: 'Price in the menu bar',
    hint: 'One of the coins above. Desktop app on macOS.',
    kind: 'coin',
    optional: true,
  },
  {
    name: 'logLevel',
    label: 'Log level',
    hint: 'How much the program logs.',
    kind: 'choice',
    choices: LOG_LEVELS,
  },
];

/** Why a setting cannot be changed here; null when it can. */
export function lockedReason(origin: SettingOrigin | undefined): string | null {
  if (origin === 'flag') return 'Set by a command-line flag, which wins over this dialog.';
  if (origin === 'demo') return 'Set by the demo.';
  if (origin === 'environment') return 'Set by an environment variable, which wins over this dialog.';
  return null;
}
