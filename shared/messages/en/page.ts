import type { Nested } from './nested.ts';

const PARTS = {
  page: 'The page',
  prices: 'The prices',
  chart: 'The chart',
  alerts: 'The alerts',
  rules: 'The rules',
  settings: 'The settings',
  channels: 'The channels',
  transfer: 'Import, export and backup',
};

const SCHEMES = { auto: 'like the system', light: 'light', dark: 'dark' };

/** The frame of the page: its header, notices and status line, and its parts while they cannot be shown. */
export const pageTexts = {
  'page.title': (p: { price: string | null; coin: string }) =>
    `${p.price === null ? p.coin : `${p.price} ${p.coin}`} – Crypto Price Monitor`,
  'page.waiting': () => 'Requesting prices from the monitor…',
  'page.loading': () => 'Loading…',
  'page.close': () => 'Close',
  'page.simulated': () => 'Simulated market',
  'page.speed': (p: { times: number }) => `${p.times}× speed`,
  'page.colours': (p: { now: keyof typeof SCHEMES; next: keyof typeof SCHEMES }) =>
    `Colours: ${SCHEMES[p.now]}. Change to ${SCHEMES[p.next]}`,
  'page.connection-lost': () =>
    'Connection to the monitor lost; reconnecting… The prices below are the last that were received.',
  'page.key-expired': () => 'This page’s key has expired; open the URL that the program printed.',
  'page.dismiss': () => 'Dismiss',
  'page.not-dismissed': (p: { reason: Nested }) => `It could not be dismissed: ${p.reason}`,
  'page.not-followed': (p: { coin: string; shown: string; isReadOnly: boolean }) =>
    `${p.coin} is not watched, so the chart shows ${p.shown} instead. To see ${p.coin}, ` +
    (p.isReadOnly ? 'add it to the coins of the processes with the role “feed”.' : 'add it in the settings.'),
  'page.no-chart': () =>
    'The address names no chart. It needs a coin and an interval, such as “#chart?coin=bitcoin&interval=1h”.',
  'page.last-known': () => 'Last known:',
  'page.alerts-to': () => 'Alerts to',

  'part.failed': (p: { part: keyof typeof PARTS }) => `${PARTS[p.part]} could not be shown.`,
  'part.cut-off': () =>
    'The program has ended or cannot be reached. This is retried when it is available again.',
  'part.retry': () => 'Try again',
  'part.reload': () => 'Reload the page',
};

/** The prices. */
export const quoteTexts = {
  'quotes.title': () => 'Prices',
  'quotes.filter': () => 'Filter coins',
  'quotes.filter-count': (p: { count: number }) => `Filter ${p.count} coins`,
  'quotes.columns': (p: { minutes: number }) => `${p.minutes}-min avg · 24 h`,
  'quotes.no-match': (p: { filter: string }) => `No coin matches “${p.filter}”.`,
  'quotes.waiting': () => 'Waiting for the first price…',
  'quotes.collecting': (p: { minutes: number }) => `${p.minutes}-min average: collecting…`,
  'quotes.from-average': (p: { minutes: number }) => `vs ${p.minutes}-min avg`,
  'quotes.change-24h': () => '24 h',
  'quotes.old': (p: { age: string }) => `${p.age} old`,
  'quotes.ago': (p: { age: string }) => `${p.age} ago`,
  'quotes.disconnected': () => 'Disconnected',
  'quotes.offline': () => 'Offline',
  'quotes.stale': () => 'Stale',
  'quotes.refused': () => 'Refused',
};

/** The list of alerts. */
export const alertPanelTexts = {
  'alerts.title': () => 'Alerts',
  'alerts.unreadable': (p: { reason: Nested }) => `Alerts cannot be read right now: ${p.reason}`,
  'alerts.older-unreadable': (p: { reason: Nested }) => `Older alerts cannot be read right now: ${p.reason}`,
  'alerts.load-older': () => 'Load older',
  'alerts.none': () => 'No alerts yet.',
  'alerts.none-why': (p: { thresholdPct: number; windowMinutes: number }) =>
    `One is raised when a price moves more than ${p.thresholdPct}% from its ${p.windowMinutes}-min average.`,
  'alerts.title-unread': (p: { count: number }) => `Alerts, ${p.count} unread`,
  'alerts.unread': () => 'New',
  'alerts.mark-all': () => 'Mark all as read',
  'alerts.save-csv': () => 'Download as CSV',
  'alerts.reading': (p: { count: number }) =>
    p.count === 0 ? 'Reading alerts…' : `Reading alerts: ${p.count}…`,
  'alerts.not-saved': (p: { reason: Nested }) => `The alerts cannot be saved: ${p.reason}`,
  'alerts.no-match': () => 'No alert matches the filter.',
  'alerts.filter': () => 'Filter',
  'alerts.filter-set': (p: { count: number }) => `Filter, ${p.count} set`,
  'alerts.filter-legend': () => 'Filter alerts',
  'alerts.filter-any': () => 'Any',
  'alerts.filter-coin': () => 'Coin',
  'alerts.filter-rule': () => 'Rule',
  'alerts.filter-severity': () => 'Severity',
  'alerts.filter-direction': () => 'Direction',
  'alerts.filter-from': () => 'From',
  'alerts.filter-to': () => 'To',
  'alerts.filter-inhibited': () => 'Inhibited',
  'alerts.filter-not-inhibited': () => 'Not inhibited',
  'alerts.filter-only-inhibited': () => 'Only inhibited',
  'alerts.filter-clear': () => 'Clear filter',
  'alerts.go-to-chart': () => 'Go to the chart',
  'alerts.rule': (p: { rule: string }) => `Rule “${p.rule}”`,
  'alerts.only-rule': () => 'Only this rule',
  'alerts.moment': (p: { from: string; to: string; low: string; high: string; price: string }) =>
    `One-minute candles from ${p.from} to ${p.to}: between ${p.low} and ${p.high}, the alert at ${p.price}`,
  'alerts.no-moment': (p: { reason: Nested }) => `No chart: ${p.reason}`,
  'alerts.moment-unstored': () => 'No one-minute prices are stored for this time.',
  'alerts.moment-currency': (p: { now: string; before: string }) =>
    `Prices are in ${p.now} now, and the alert is in ${p.before}.`,
  'alerts.price': (p: { price: string }) => `at ${p.price}`,
  'alerts.follows': (p: { coin: string; beta: string; beyond: string }) =>
    `follows ${p.coin}: beta ${p.beta}, ${p.beyond} beyond it; not notified`,
};
