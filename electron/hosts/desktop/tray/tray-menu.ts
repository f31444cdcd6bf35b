import type { Place } from '../../../../shared/contract/place.ts';
import { alertSummary } from '../../../../shared/domain/alert-text.ts';
import { formatMoment } from '../../../../shared/format/local-time.ts';
import { formatCoinName } from '../../../../shared/format/name.ts';
import { t } from '../../../../shared/messages/message.ts';
import { mutesInForce } from '../../../../shared/settings/mutes.ts';
import { PAUSE_CHOICES, type PauseChoice } from '../../../../shared/settings/pause.ts';
import { quoteLine } from './quote-line.ts';
import { statusLines } from './status-lines.ts';
import type { TrayState } from './tray-state.ts';

/** The action of a click on a menu item. */
export type TrayAction =
  | { readonly do: 'show'; readonly place: Place | null }
  | { readonly do: 'pause'; readonly choice: PauseChoice }
  | { readonly do: 'resume' }
  | { readonly do: 'mute'; readonly coinId: string }
  | { readonly do: 'unmute'; readonly coinId: string }
  | { readonly do: 'mark-read' }
  | { readonly do: 'start-at-login'; readonly wanted: boolean }
  | { readonly do: 'check-for-updates' }
  | { readonly do: 'quit' };

/** A menu item without Electron types, so that two menus can be compared. */
export type TrayItem =
  | { readonly kind: 'separator' }
  | { readonly kind: 'text'; readonly label: string }
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly action: TrayAction;
      /** Absent if the item is not a checkbox. */
      readonly checked?: boolean;
    }
  | { readonly kind: 'submenu'; readonly label: string; readonly items: readonly TrayItem[] };

const SEPARATOR: TrayItem = { kind: 'separator' };
/** With more coins the menu is too long to read; the window has a searchable list. */
const MAX_COINS = 15;
const ALERTS_SHOWN = 3;

/** The whole menu, from top to bottom. */
export function trayMenu(state: TrayState): readonly TrayItem[] {
  const sections = [
    statusLines(state).map((label): TrayItem => ({ kind: 'text', label })),
    coinItems(state),
    alertItems(state),
    [
      show(t('tray.show'), null),
      pauseItem(state),
      ...muteItem(state),
      show(t('menu.rules'), { kind: 'part', part: 'rules' }),
      show(t('menu.settings'), { kind: 'part', part: 'settings' }),
    ],
    systemItems(state),
    [action(t('menu.quit'), { do: 'quit' })],
  ];
  return sections
    .filter((items) => items.length > 0)
    .flatMap((items, index) => (index === 0 ? items : [SEPARATOR, ...items]));
}

function coinItems({ snapshot: { quotes } }: TrayState): readonly TrayItem[] {
  const items = quotes
    .slice(0, MAX_COINS)
    .map((quote) => show(quoteLine(quote), { kind: 'coin', coinId: quote.coinId }));
  const rest = quotes.length - items.length;
  return rest > 0
    ? [...items, show(t('tray.more-coins', { count: rest }), { kind: 'part', part: 'prices' })]
    : items;
}

function alertItems({ recentAlerts, snapshot, unreadCount }: TrayState): readonly TrayItem[] {
  if (recentAlerts.length === 0) return [{ kind: 'text', label: t('tray.no-alerts') }];
  const recent = recentAlerts.slice(0, ALERTS_SHOWN).map((alert) =>
    show(`${formatMoment(alert.observedAt, snapshot.now)}  ${alertSummary(alert)}`, {
      kind: 'alert',
      alert,
    }),
  );
  if (unreadCount === 0) return recent;
  return [...recent, action(t('tray.mark-read', { count: unreadCount }), { do: 'mark-read' })];
}

function pauseItem({ snapshot }: TrayState): TrayItem {
  if (snapshot.status.quiet?.reason === 'paused') return action(t('tray.resume'), { do: 'resume' });
  const items = PAUSE_CHOICES.map((choice) =>
    action(t('alerts.pause-for', { choice }), { do: 'pause', choice }),
  );
  return { kind: 'submenu', label: t('tray.pause'), items };
}

/** The coins of the latest alerts, which can be muted, and muted coins. Other coins are muted on the page. */
function muteItem({ recentAlerts, mutes, now }: TrayState): readonly TrayItem[] {
  const muted = mutesInForce(mutes, now).flatMap(({ coin, rule, channel, until }) =>
    coin === undefined || rule !== undefined || channel !== undefined ? [] : [{ coin, until }],
  );
  const isMuted = (coinId: string): boolean => muted.some(({ coin }) => coin === coinId);
  const unmuted = [...new Set(recentAlerts.slice(0, ALERTS_SHOWN).map(({ coinId }) => coinId))]
    .filter((coinId) => !isMuted(coinId))
    .map((coinId) => action(formatCoinName(coinId), { do: 'mute', coinId }));
  const toUnmute = muted.map(({ coin, until }) => {
    const end = until === null ? null : formatMoment(Date.parse(until), now);
    const label = t('tray.muted', { coin: formatCoinName(coin), until: end });
    return { ...action(label, { do: 'unmute', coinId: coin }), checked: true };
  });
  const items = [...unmuted, ...toUnmute];
  return items.length === 0 ? [] : [{ kind: 'submenu', label: t('tray.mute'), items }];
}

function systemItems({ startsAtLogin, canUpdate }: TrayState): readonly TrayItem[] {
  const items: TrayItem[] = [];
  if (startsAtLogin !== null) {
    items.push({
      ...action(t('tray.start-at-login'), { do: 'start-at-login', wanted: !startsAtLogin }),
      checked: startsAtLogin,
    });
  }
  if (canUpdate) items.push(action(t('tray.check-for-updates'), { do: 'check-for-updates' }));
  return items;
}

function action(label: string, what: TrayAction) {
  return { kind: 'action', label, action: what } as const;
}

function show(label: string, place: Place | null): TrayItem {
  return action(label, { do: 'show', place });
}
