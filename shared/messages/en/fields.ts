import type { Nested } from './nested.ts';

const API_KEY_VARIABLES =
  'the environment variable COINGECKO_API_KEY, or a file that COINGECKO_API_KEY_FILE names';

/** The dialog of the settings: its fields, hints and buttons. */
export const fieldTexts = {
  'settings.title': () => 'Settings',
  'settings.close': () => 'Close settings',
  'settings.unreadable': (p: { reason: Nested }) => `Settings cannot be read: ${p.reason}`,
  'settings.discard-title': () => 'Discard your changes?',
  'settings.discard-why': () => 'What you changed in the settings is not saved.',
  'settings.discard': () => 'Discard',
  'settings.keep-editing': () => 'Keep editing',
  'settings.save': () => 'Save',
  'settings.need-restart': (p: { labels: readonly string[] }) =>
    `Takes effect at the next start of the program: ${p.labels.join(', ')}.`,
  'settings.data-folder': (p: { path: string }) => `Data folder: ${p.path}`,
  'settings.use': (p: { meant: string }) => `Use ${p.meant}`,
  'settings.set-by-installation': () =>
    'Set for all processes of the installation, in their environment or their settings.json.',
  'settings.set-by-flag': () => 'Set by a command-line flag, which takes precedence over this dialog.',
  'settings.set-by-demo': () => 'Set by the demo.',
  'settings.set-by-environment': () =>
    'Set by an environment variable, which takes precedence over this dialog.',
  'settings.none': () => 'none',

  'field.coins': () => 'Coins',
  'field.coins.hint': () => 'Up to 500, in the order in which they are shown.',
  'field.vsCurrency': () => 'Quote currency',
  'field.vsCurrency.hint': () => 'e.g. usd, eur, btc',
  'field.alertThresholdPct': () => 'Alert threshold, %',
  'field.alertThresholdPct.hint': () => 'Distance from the average that raises an alert.',
  'field.alertWindowMinutes': () => 'Average over, minutes',
  'field.alertWindowMinutes.hint': () => 'Length of the moving average.',
  'field.pollSeconds': () => 'Seconds between requests',
  'field.pollSeconds.hint': () => 'Empty: as often as the provider’s plan allows.',
  'field.pollSeconds.empty': () => 'automatic',
  'field.realTime': () => 'Real-time prices',
  'field.realTime.hint': () =>
    'Follow every trade of the coins that an exchange lists in the quote currency.',
  'field.exchanges': () => 'Exchanges',
  'field.exchanges.hint': () =>
    'kraken, coinbase, binance: the preferred one first. They also provide prices while CoinGecko returns none.',
  'field.alertsFile': () => 'Alerts file',
  'field.alertsFile.hint': () => 'Empty: alerts.txt in the data folder.',
  'field.alertsFile.empty': () => 'alerts.txt',
  'field.databaseUrl': () => 'Database',
  'field.databaseUrl.hint': () =>
    'postgresql:// URL of your own server, with its password when you change it. Empty: the embedded one.',
  'field.databaseUrl.empty': () => 'embedded PostgreSQL',
  'field.archiveUrl': () => 'Archive',
  'field.archiveUrl.hint': () =>
    'Location of months that the database does not keep: a folder, s3://bucket/prefix or webhdfs://host:port/folder.',
  'field.archiveUrl.empty': () => 'none: the database keeps everything',
  'field.keepTicksDays': () => 'Days of ticks in the database',
  'field.keepTicksDays.hint': () => 'Older months are archived. Empty: none are.',
  'field.keepTicksDays.empty': () => 'forever',
  'field.keepMinutesDays': () => 'Days of minute candles in the database',
  'field.keepMinutesDays.hint': () =>
    'Older months are archived; candles of hours and days are kept forever. Empty: so are those of minutes.',
  'field.keepMinutesDays.empty': () => 'forever',
  'field.maxDatabaseGb': () => 'Largest database, GB',
  'field.maxDatabaseGb.hint': () => 'Above this size, the oldest months are archived.',
  'field.maxDatabaseGb.empty': () => 'any size',
  'field.deleteWithoutArchive': () => 'Delete without archive',
  'field.deleteWithoutArchive.hint': () =>
    'Delete old months if there is no archive. They cannot be restored.',
  'field.coingeckoUrl': () => 'CoinGecko address',
  'field.coingeckoUrl.hint': () => 'For a proxy. Empty: by plan.',
  'field.coingeckoUrl.empty': () => 'by plan',
  'field.port': () => 'Port of this page',
  'field.port.hint': () => 'For the page in a browser. Empty: any free port.',
  'field.port.empty': () => 'a free port',
  'field.quietHours': () => 'Quiet hours',
  'field.quietHours.hint': () =>
    'Local time, e.g. 22:00-07:00. Notifications, e-mail and chats are held, and get one summary at its end.',
  'field.quietHours.empty': () => 'none',
  'field.marketAlerts.enabled': () => 'One message for a market move',
  'field.marketAlerts.enabled.hint': () =>
    'When many coins raise alerts in one direction, notifications, e-mail and chats get one message.',
  'field.marketAlerts.sharePct': () => 'Coins in a market move, %',
  'field.marketAlerts.sharePct.hint': () => 'Share of the watched coins; at least three coins.',
  'field.marketAlerts.withinSeconds': () => 'Within, seconds',
  'field.marketAlerts.withinSeconds.hint': () => 'The time in which that many coins must raise an alert.',
  'field.inhibition.enabled': () => 'Inhibit alerts that only follow the leading coin',
  'field.inhibition.enabled.hint': () =>
    'While an alert of the leading coin is active, do not notify about coins that move with it. Their alerts are still recorded.',
  'field.inhibition.leadingCoin': () => 'Leading coin',
  'field.inhibition.leadingCoin.hint': () => 'The coin that others follow. It must be watched.',
  'field.inhibition.score': () => 'Minimum deviation, standard deviations',
  'field.inhibition.score.hint': () =>
    'A move further than this beyond what the leading coin explains is notified.',
  'field.inhibition.floorPct': () => 'Minimum deviation, %',
  'field.inhibition.floorPct.hint': () =>
    'A smaller deviation from what the leading coin explains is never notified.',
  'field.notificationSound': () => 'Sound with notifications',
  'field.notificationSound.hint': () => 'Only in the desktop app.',
  'field.trayCoin': () => 'Price in the menu bar',
  'field.trayCoin.hint': () => 'One of the coins above. Only in the desktop app on macOS.',
  'field.logLevel': () => 'Log level',
  'field.logLevel.hint': () => 'How much the program logs.',

  'api-key.label': () => 'CoinGecko API key',
  'api-key.keep': () => 'Keep',
  'api-key.forget': () => 'Forget',
  'api-key.set-by-environment': () => `Set by ${API_KEY_VARIABLES}.`,
  'api-key.no-store': () => `To set one, use ${API_KEY_VARIABLES}, and start again.`,
  'api-key.kept': () => 'A key is stored. It is not shown, and takes effect at the next start.',
  'api-key.none': () =>
    'Without a key, the limits of the free, keyless plan apply. A key takes effect at the next start.',

  'coins.watched': () => 'Watched coins',
  'coins.move-up': (p: { coinId: string }) => `Move up ${p.coinId}`,
  'coins.move-down': (p: { coinId: string }) => `Move down ${p.coinId}`,
  'coins.remove': (p: { coinId: string }) => `Remove ${p.coinId}`,
  'coins.add': () => 'Add a coin',
  'coins.add-how': () => 'Add a coin by name, symbol or id',
  'coins.found': () => 'Coins that were found',
  'coins.added': () => 'Already added.',
  'coins.unknown': () => 'No coin has this name.',
};
