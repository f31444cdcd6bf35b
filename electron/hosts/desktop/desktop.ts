import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { app, ipcMain, Menu, Notification, net, powerMonitor, screen, session, shell, Tray } from 'electron';
import type { Place } from '../../../shared/contract/place.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { Channel } from '../../monitor/delivery/channel.ts';
import { packageRoot } from '../../monitor/files/package-root.ts';
import type { Monitor } from '../../monitor/monitor.ts';
import { systemClock } from '../../monitor/time/clock.ts';
import type { LoginItem } from './login/login-item.ts';
import { followNetwork } from './machine/follow-network.ts';
import { followPower } from './machine/power.ts';
import { hidingNotice } from './notifications/hiding-notice.ts';
import { notificationChannel } from './notifications/notification-channel.ts';
import { createNotifier } from './notifications/notifier.ts';
import { guardPages } from './page/guards.ts';
import { servePageFiles } from './page/protocol.ts';
import type { DesktopStateStore } from './state/desktop-state.ts';
import { createAlertChanges } from './tray/alert-changes.ts';
import { type AlertInbox, allRead, EMPTY_INBOX } from './tray/alert-inbox.ts';
import { keepInbox } from './tray/keep-inbox.ts';
import { trayActions, type Updates } from './tray/tray-actions.ts';
import { trayImages } from './tray/tray-images.ts';
import { trayModel } from './tray/tray-model.ts';
import type { TrayState } from './tray/tray-state.ts';
import { createTrayView } from './tray/tray-view.ts';
import { appIcon } from './window/app-icon.ts';
import { appMenu } from './window/app-menu.ts';
import { openPageWindow } from './window/page-window.ts';
import { createWindow, placeOnDisplay } from './window/window.ts';

type DesktopParts = {
  readonly monitor: Monitor;
  readonly state: DesktopStateStore;
  readonly loginItem: LoginItem | null;
  /** Null if the system's package manager installs updates. */
  readonly updates: Updates | null;
  readonly pageUrl: string;
};

export type Desktop = {
  /** Brings the window to the front, at this place if given. */
  show(place: Place | null): void;
  /** The channels that this host provides. */
  readonly channels: readonly Channel[];
  /** Closes tray and window, before the monitor is stopped. */
  close(): void;
};

/** Events from parts to those that are created after them. */
type Signals = {
  /** Something that the tray shows has changed. */
  changed: [];
  /** The window should be shown, at this place if given. */
  show: [place: Place | null];
};

/**
 * Shows the monitor in a tray, notifications and a window, which is hidden until the user opens it. Created in this order: alerts
 * and notifications → window → tray → events of the operating system.
 */
export function startDesktop({ monitor, state, loginItem, updates, pageUrl }: DesktopParts): Desktop {
  const { platform } = process;
  const { log } = monitor;
  // Real time, even when the monitor's clock runs faster.
  const clock = systemClock;
  const signals = new EventEmitter<Signals>();
  const changed = (): void => void signals.emit('changed');
  const show = (place: Place | null): void => void signals.emit('show', place);
  const quit = (): void => app.quit();

  // Alerts and notifications.
  let inbox: AlertInbox = EMPTY_INBOX;
  const updateInbox = (update: (current: AlertInbox) => AlertInbox): void => {
    inbox = update(inbox);
    changed();
  };
  const alertChanges = createAlertChanges(monitor, clock);
  const notifier = createNotifier({
    platform,
    isSupported: () => Notification.isSupported(),
    create: (options) => new Notification({ ...appIcon(platform), ...options }),
    settings: monitor.settings,
    onAlertClick: (alert) => show({ kind: 'alert', alert }),
    onMute(coinIds) {
      alertChanges.mute(coinIds).catch((err: unknown) => log.warn({ err }, 'the coins cannot be muted'));
    },
  });

  // The window. The protection of its page must be set up before the first page is created.
  guardPages({ app, session: session.defaultSession, shell, pageUrl, log });
  servePageFiles();
  let pageProblem: Message | null = null;
  const window = openPageWindow({
    create: () => createWindow(state.current()),
    pageUrl,
    ipc: ipcMain,
    monitor,
    state,
    clock,
    onProblem(problem) {
      pageProblem = problem;
      changed();
    },
    onFocused: () => updateInbox(allRead),
    onHidden: hidingNotice({ state, notifier, onClick: () => show(null) }),
    onSessionEnd: quit,
  });
  signals.on('show', window.show);
  Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu({ platform, onShow: show, onQuit: quit })));

  // The tray.
  const images = trayImages(join(packageRoot(), 'build/tray'), platform);
  const trayIcon = new Tray(images('calm'));
  const trayState = (): TrayState => ({
    snapshot: monitor.snapshot(),
    recentAlerts: inbox.recent,
    hasUnread: inbox.hasUnread,
    unreadCount: inbox.unreadIds.size,
    mutes: monitor.settings().mutes,
    now: clock.now(),
    platform,
    startsAtLogin: loginItem?.isEnabled() ?? null,
    canUpdate: updates !== null,
    pageProblem,
    titleCoin: monitor.settings().trayCoin,
  });
  const tray = createTrayView({
    tray: trayIcon,
    image: images,
    buildMenu: Menu.buildFromTemplate,
    model: () => trayModel(trayState()),
    onAction: trayActions({
      show,
      alerts: {
        ...alertChanges,
        markRead() {
          updateInbox(allRead);
          return alertChanges.markRead();
        },
      },
      loginItem,
      updates,
      notify: (text) => notifier.notify(text, () => undefined),
      onChange: changed,
      quit,
      log,
    }),
    platform,
    clock,
  });
  signals.on('changed', tray.changed);
  // On macOS a click opens the menu, as is usual there.
  if (platform !== 'darwin') trayIcon.on('click', () => show(null));

  // Events of the operating system and the monitor.
  followPower({ powerMonitor, monitor, onShutdown: quit, log });
  const stopNetwork = followNetwork({ net, monitor, clock, log });
  const placeAgain = (): void => {
    const current = window.current();
    if (current !== null) placeOnDisplay(current);
  };
  screen.on('display-removed', placeAgain);
  screen.on('display-metrics-changed', placeAgain);
  const unfollow = keepInbox({
    monitor,
    update: updateInbox,
    isUnnoticed: () => monitor.snapshot().status.quiet?.reason !== 'paused' && !window.isFocused(),
  });
  // Prices and states of the monitor, which the tray also shows.
  const unsubscribe = monitor.subscribe(({ event }) =>
    event === 'prices' ? tray.pricesChanged() : tray.changed(),
  );

  return {
    show,
    channels: [
      notificationChannel({
        notifier,
        isSupported: () => Notification.isSupported(),
      }),
    ],
    close() {
      unsubscribe();
      unfollow();
      updates?.stop();
      stopNetwork();
      screen.off('display-removed', placeAgain);
      screen.off('display-metrics-changed', placeAgain);
      tray.close();
      window.close();
    },
  };
}
