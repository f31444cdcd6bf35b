import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../shared/domain/alert.ts';
import type { FeedState } from '../../../../shared/domain/feed-state.ts';
import type { Quote } from '../../../../shared/domain/quote.ts';
import type { Snapshot } from '../../../../shared/domain/snapshot.ts';
import type { Status } from '../../../../shared/domain/status.ts';
import { verbatim } from '../../../../shared/messages/message.ts';
import { trayAlert, traySnapshot, trayState } from './tray-fixture.ts';
import type { TrayItem } from './tray-menu.ts';
import { trayModel } from './tray-model.ts';
import type { TrayState } from './tray-state.ts';

const NOW = new Date('2026-03-10T14:05:00').getTime();

const model = (state: Partial<TrayState> = {}) => trayModel(trayState(NOW, state));
const withStatus = (status: Partial<Status>): Snapshot => {
  const snapshot = traySnapshot(NOW);
  return { ...snapshot, status: { ...snapshot.status, ...status } };
};
const withFeed = (feed: FeedState): Snapshot => withStatus({ feed });
const withQuotes = (quotes: readonly Quote[]): Snapshot => ({ ...traySnapshot(NOW), quotes });
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

/**
 * The menu as lines of text: `>` before a submenu's items, `[x]` and `[ ]` for checkboxes, `(…)` for items that cannot be
 * clicked.
 */
function lines(items: readonly TrayItem[], indent = ''): readonly string[] {
  return items.flatMap((item) => linesOf(item, indent));
}

function linesOf(item: TrayItem, indent: string): readonly string[] {
  switch (item.kind) {
    case 'separator':
      return ['—'];
    case 'text':
      return [`(${item.label})`];
    case 'submenu':
      return [`${indent}${item.label}`, ...lines(item.items, '> ')];
    case 'action': {
      const box = item.checked === undefined ? '' : item.checked ? '[x] ' : '[ ] ';
      return [plain(`${indent}${box}${item.label}`)];
    }
  }
}

function actionOf(items: readonly TrayItem[], start: string) {
  for (const item of items) {
    if (item.kind === 'action' && plain(item.label).startsWith(start)) return item.action;
  }
  throw new Error(`no line "${start}"`);
}

describe('the menu of the tray', () => {
  it('has a line for each coin, the last alerts, and the actions', () => {
    const alerts = ['14:01', '13:30', '09:00', '08:00'].map((time) =>
      trayAlert(new Date(`2026-03-10T${time}:00`).getTime()),
    );
    expect(lines(model({ recentAlerts: alerts, canUpdate: true }).menu)).toEqual([
      'Bitcoin  $61,800.00  +1.20%',
      'Ethereum  $3,000.00  −0.40%',
      '—',
      '14:01  Bitcoin ▲ +3.00% at $61,800.00',
      '13:30  Bitcoin ▲ +3.00% at $61,800.00',
      '09:00  Bitcoin ▲ +3.00% at $61,800.00',
      '—',
      'Show',
      'Pause alerts',
      '> For 15 minutes',
      '> For 1 hour',
      '> Until tomorrow',
      '> Until I resume',
      'Mute for 1 hour',
      '> Bitcoin',
      'Rules',
      'Settings',
      '—',
      '[ ] Start at login',
      'Check for updates',
      '—',
      'Quit',
    ]);
  });

  it('omits features that the system lacks', () => {
    const shown = lines(model({ startsAtLogin: null, canUpdate: false }).menu);
    expect(shown).not.toContain('[ ] Start at login');
    expect(shown).not.toContain('Check for updates');
    expect(shown.at(-1)).toBe('Quit');
  });

  it("opens a coin's chart, an alert's time and the settings", () => {
    const alert = trayAlert(NOW - 240_000);
    const { menu } = model({ recentAlerts: [alert] });
    expect(actionOf(menu, 'Ethereum')).toEqual({
      do: 'show',
      place: { kind: 'coin', coinId: 'ethereum' },
    });
    expect(actionOf(menu, '14:01')).toEqual({ do: 'show', place: { kind: 'alert', alert } });
    expect(actionOf(menu, 'Show')).toEqual({ do: 'show', place: null });
    expect(actionOf(menu, 'Rules')).toEqual({ do: 'show', place: { kind: 'part', part: 'rules' } });
    expect(actionOf(menu, 'Settings')).toEqual({
      do: 'show',
      place: { kind: 'part', part: 'settings' },
    });
  });

  it('shows the day of an alert of another day', () => {
    const alert = trayAlert(new Date('2026-03-09T23:10:00').getTime());
    expect(lines(model({ recentAlerts: [alert] }).menu)).toContain(
      '9 Mar, 23:10  Bitcoin ▲ +3.00% at $61,800.00',
    );
  });

  it('offers to resume while alerts are paused, and shows until when', () => {
    const quiet = { reason: 'paused', until: new Date('2026-03-11T08:00:00').getTime() } as const;
    const shown = lines(model({ snapshot: withStatus({ quiet }) }).menu);
    expect(shown[0]).toBe('(Alerts are paused until 11 Mar, 08:00)');
    expect(shown).toContain('Resume alerts');
    expect(shown).not.toContain('Pause alerts');
  });

  it('mutes the coins of the last alerts, and lists those that are muted', () => {
    const recentAlerts = [trayAlert(NOW), trayAlert(NOW, 'zcash'), trayAlert(NOW, 'monero')];
    const mutes = [
      { coin: 'zcash', until: new Date(NOW + 3_600_000).toISOString() },
      { coin: 'solana', until: null },
      { coin: 'monero', rule: 'rsi', until: null },
      { coin: 'bitcoin', until: new Date(NOW - 1).toISOString() },
    ];
    const { menu } = model({ recentAlerts, mutes });
    const shown = lines(menu);
    expect(shown.slice(shown.indexOf('Mute for 1 hour'), shown.indexOf('Rules'))).toEqual([
      'Mute for 1 hour',
      '> Bitcoin',
      '> Monero',
      '> [x] Zcash, muted until 15:05',
      '> [x] Solana, muted',
    ]);
    const submenu = menu.find((item) => item.kind === 'submenu' && item.label === 'Mute for 1 hour');
    expect(submenu?.kind === 'submenu' && submenu.items.slice(1, 3)).toMatchObject([
      { action: { do: 'mute', coinId: 'monero' } },
      { action: { do: 'unmute', coinId: 'zcash' } },
    ]);
  });

  it('checks "Start at login" while it is enabled, and a click disables it', () => {
    const { menu } = model({ startsAtLogin: true });
    expect(lines(menu)).toContain('[x] Start at login');
    expect(actionOf(menu, 'Start at login')).toEqual({ do: 'start-at-login', wanted: false });
  });

  it('lists fifteen coins and the number of further ones', () => {
    const [bitcoin] = traySnapshot(NOW).quotes;
    const many = Array.from({ length: 500 }, (_, index) => ({
      ...(bitcoin as Quote),
      coinId: `coin-${index}`,
    }));
    const shown = lines(model({ snapshot: withQuotes(many) }).menu);
    expect(shown[14]).toBe('Coin 14  $61,800.00  +1.20%');
    expect(shown[15]).toBe('485 more coins');
    expect(shown[16]).toBe('—');
  });

  it('reports that a coin has no price', () => {
    const [bitcoin] = traySnapshot(NOW).quotes;
    const waiting = { ...(bitcoin as Quote), price: null, change24hPct: null };
    const unknown = { ...waiting, coinId: 'bitcoinn', problem: verbatim('CoinGecko does not know it.') };
    expect(lines(model({ snapshot: withQuotes([waiting, unknown]) }).menu).slice(0, 2)).toEqual([
      'Bitcoin  –',
      'Bitcoinn  no price',
    ]);
  });
});

describe('the icon of the tray', () => {
  it('is calm while prices are live and alerts are read', () => {
    expect(model().icon).toBe('calm');
  });

  it('shows an unread alert, unless alerts are paused', () => {
    expect(model({ hasUnread: true }).icon).toBe('alert');
    const quiet = (reason: 'paused' | 'quiet-hours') => withStatus({ quiet: { reason, until: null } });
    expect(model({ hasUnread: true, snapshot: quiet('paused') }).icon).toBe('calm');
    expect(model({ hasUnread: true, snapshot: quiet('quiet-hours') }).icon).toBe('alert');
  });

  it.each([
    [{ status: 'stale', since: NOW - 600_000, lastSuccessAt: NOW }, 'stale'],
    [{ status: 'offline', since: NOW - 60_000, retryAt: NOW, error: verbatim('ENOTFOUND') }, 'stale'],
    [{ status: 'stopped', since: NOW, error: verbatim('401') }, 'stale'],
    [{ status: 'rate-limited', since: NOW, until: NOW + 60_000 }, 'calm'],
    [{ status: 'starting' }, 'calm'],
  ] satisfies [FeedState, string][])('with a feed that is %j is %s', (feed, icon) => {
    expect(model({ snapshot: withFeed(feed) }).icon).toBe(icon);
  });
});

describe('the tooltip of the tray', () => {
  it('contains each coin with its price and change', () => {
    expect(plain(model().tooltip)).toBe('Bitcoin  $61,800.00  +1.20%\nEthereum  $3,000.00  −0.40%');
  });

  it.each([
    [
      withFeed({ status: 'offline', since: NOW - 180_000, retryAt: NOW, error: verbatim('ENOTFOUND') }),
      'Offline for 3 min',
    ],
    [
      withFeed({ status: 'stale', since: NOW - 600_000, lastSuccessAt: NOW }),
      'Prices are stale: none has changed for 10 min',
    ],
    [withFeed({ status: 'rate-limited', since: NOW, until: NOW + 120_000 }), 'Rate-limited until 14:07'],
    [withFeed({ status: 'stopped', since: NOW, error: verbatim('401') }), 'The provider rejects requests'],
    [
      withStatus({ database: { status: 'down', since: NOW, retryAt: NOW, error: verbatim('gone') } }),
      'The database is unavailable; prices are kept on this disk',
    ],
  ])('begins with what needs attention (%#)', (snapshot, line) => {
    expect(plain(model({ snapshot }).tooltip).split('\n')[0]).toBe(line);
  });

  it('fits the limit of Windows, with as many coins as possible', () => {
    const [bitcoin] = traySnapshot(NOW).quotes;
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...(bitcoin as Quote),
      coinId: `some-long-name-${index}`,
    }));
    const { tooltip } = model({ platform: 'win32', snapshot: withQuotes(many) });
    expect(tooltip.length).toBeLessThanOrEqual(127);
    expect(tooltip.split('\n').at(-1)).toBe('… 37 more');
  });
});

describe('the title beside the icon', () => {
  it('is the price of the chosen coin, only on macOS', () => {
    expect(model({ platform: 'darwin', titleCoin: 'ethereum' }).title).toBe('$3,000.00');
    expect(model({ platform: 'darwin', titleCoin: null }).title).toBe('');
    expect(model({ platform: 'darwin', titleCoin: 'monero' }).title).toBe('');
    expect(model({ platform: 'linux', titleCoin: 'ethereum' }).title).toBe('');
  });
});

describe('unread alerts', () => {
  it('are counted below the last three, and can be marked as read', () => {
    const recentAlerts = [trayAlert(NOW)];
    const { menu } = model({ recentAlerts, unreadCount: 12 });
    expect(menu).toContainEqual({
      kind: 'action',
      label: 'Mark 12 unread alerts as read',
      action: { do: 'mark-read' },
    });
    expect(lines(model({ recentAlerts }).menu).join()).not.toContain('as read');
  });
});

describe('a rule without a change', () => {
  it('is listed by its coin and price', () => {
    const alert: Alert = { ...trayAlert(NOW), figures: {} };
    expect(lines(model({ recentAlerts: [alert] }).menu)).toContain('14:05  Bitcoin at $61,800.00');
  });
});
