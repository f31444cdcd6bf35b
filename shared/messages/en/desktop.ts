import { formatAge } from '../../format/age.ts';

/** The tray, the menus, the dialogs and the notifications of the desktop app, and its updates. */
export const desktopTexts = {
  'app.name': () => 'Crypto Price Monitor',
  'app.alerts': () => 'Price alerts',
  'notification.show-chart': () => 'Show chart',
  'notification.mute': (p: { count: number }) =>
    p.count === 1 ? 'Mute for 1 hour' : `Mute ${p.count} coins for 1 hour`,
  'desktop.cannot-start': () => 'Crypto Price Monitor cannot start',
  'desktop.hidden': () => 'Crypto Price Monitor is still running',
  'desktop.hidden-where': () =>
    'It keeps watching prices in the tray, whose menu quits it. To see this window again, start the app again.',
  'desktop.login-unchanged': () => 'Start at login cannot be changed',
  'desktop.alerts-unchanged': () => 'Alerts cannot be changed',
  'desktop.updates-unchecked': () => 'Cannot check for updates',

  'menu.file': () => 'File',
  'menu.view': () => 'View',
  'menu.prices': () => 'Prices',
  'menu.chart': () => 'Chart',
  'menu.alerts': () => 'Alerts',
  'menu.rules': () => 'Rules',
  'menu.settings': () => 'Settings',
  'menu.open-settings': () => 'Settings…',
  'menu.quit': () => 'Quit',
  'menu.quit-app': () => 'Quit Crypto Price Monitor',

  'tray.show': () => 'Show',
  'tray.no-price': (p: { coin: string }) => `${p.coin}  no price`,
  'tray.more-coins': (p: { count: number }) => `${p.count} more coins`,
  'tray.more-lines': (p: { count: number }) => `… ${p.count} more`,
  'tray.no-alerts': () => 'No alerts yet',
  'tray.mark-read': (p: { count: number }) =>
    p.count === 1 ? 'Mark 1 unread alert as read' : `Mark ${p.count} unread alerts as read`,
  'tray.pause': () => 'Pause alerts',
  'tray.mute': () => 'Mute for 1 hour',
  'tray.muted': (p: { coin: string; until: string | null }) =>
    p.until === null ? `${p.coin}, muted` : `${p.coin}, muted until ${p.until}`,
  'tray.resume': () => 'Resume alerts',
  'tray.start-at-login': () => 'Start at login',
  'tray.check-for-updates': () => 'Check for updates',
  'tray.starting': () => 'Waiting for the first prices',
  'tray.stale': (p: { forMs: number }) => `Prices are stale: none has changed for ${formatAge(p.forMs)}`,
  'tray.rate-limited': (p: { until: string }) => `Rate-limited until ${p.until}`,
  'tray.offline': (p: { forMs: number }) => `Offline for ${formatAge(p.forMs)}`,
  'tray.stopped': () => 'The provider rejects requests',
  'tray.database-down': () => 'The database is unavailable; prices are kept on this disk',
  'tray.database-refused': () => 'The database cannot be used; prices are kept on this disk',
  'tray.quiet': (p: { reason: keyof typeof QUIET; until: string | null }) =>
    `${QUIET[p.reason]}${p.until === null ? '' : ` until ${p.until}`}`,
  'proxy.unknown': () => "the system's proxy cannot be determined",
  'proxy.unusable': (p: { answer: string }) =>
    `the system's proxy is of a kind that cannot be used: ${p.answer}`,

  'window.crashed': () => 'The window’s page crashed and is being reloaded',
  'window.not-loaded': () => 'The window’s page could not be loaded; trying again',

  'dialog.ok': () => 'OK',
  'update.later': () => 'Later',
  'update.download': () => 'Download',
  'update.available': (p: { version: string }) => `Version ${p.version} is available`,
  'update.available-click': (p: { version: string }) =>
    `Version ${p.version} is available. Click to download it.`,
  'update.offer': (p: { current: string }) =>
    `You have ${p.current}. The new version is downloaded now and installed when you quit the app.`,
  'update.downloading': (p: { version: string }) => `Version ${p.version} is being downloaded`,
  'update.wait': () => 'You will be notified when it is ready.',
  'update.not-downloaded': (p: { version: string }) => `Version ${p.version} could not be downloaded`,
  'update.nothing-changed': (p: { reason: string }) => `${p.reason} Nothing was changed.`,
  'update.ready': (p: { version: string }) => `Version ${p.version} is installed when you quit the app`,
  'update.until-then': (p: { current: string }) => `You have ${p.current} until then.`,
  'update.not-looked': () => 'Could not check for updates',
  'update.try-later': (p: { reason: string }) => `${p.reason} Try again later.`,
  'update.newest': () => 'This is the newest version',
  'update.it-is': (p: { current: string }) => `You have version ${p.current}.`,
};

const QUIET = { paused: 'Alerts are paused', 'quiet-hours': 'Quiet hours: alerts are held' };
