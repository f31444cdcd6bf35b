import { join } from 'node:path';
import { app, ipcMain, Menu, Notification, net, powerMonitor, screen, session, shell, Tray } from 'electron';
import type { Place } from '../../../shared/contract/place.ts';
import { procedures } from '../../../shared/contract/procedures.ts';
import type { Alert } from '../../../shared/domain/alert.ts';
import { type Message, t } from '../../../shared/messages/message.ts';
import type { Channel } from '../../monitor/delivery/channel.ts';
import { packageRoot } from '../../monitor/files/package-root.ts';
import type { Monitor } from '../../monitor/monitor.ts';
import { systemClock } from '../../monitor/time/clock.ts';
import type { LoginItem } from './login/login-item.ts';
import { followNetwork } from './machine/network.ts';
import { followPower } from './machine/power.ts';
import { createAlertPause } from './notifications/alert-pause.ts';
import { notificationChannel } from './notifications/notification-channel.ts';
import { createNotifier } from './notifications/notifier.ts';
import { guardPages } from './page/guards.ts';
import { servePageFiles } from './page/protocol.ts';
import type { DesktopStateStore } from './state/desktop-state.ts';
import {
  type AlertInbox,
  allRead,
  EMPTY_INBOX,
  withAlerts,
  withoutUnreadIds,
  withUnread,
  withUnreadIds,
} from './tray/alert-inbox.ts';
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
  /** Null where the system's package manager brings new versions. */
  readonly updates: Updates | null;
  readonly pageUrl: string;
};

export type Desktop = {
  /** Brings the window to the front, at this place when one is named. */
  show(place: Place | null): void;
  /** The channels of this host. */
  readonly channels: readonly Channel[];
  /** Closes tray and window, before the monitor is stopped. */
  close(): void;
};

/** Shows the monitor in a tray, notifications and a window, which is hidden until it is asked for. */
export function startDesktop({ monitor, state, loginItem, updates, pageUrl }: DesktopParts): Desktop {
  const { platform } = process;
  const { log } = monitor;
  // Real time, also when the monitor's clock runs faster.
  const clock = systemClock;
  let inbox: AlertInbox = EMPTY_INBOX;
  let pageProblem: Message | null = null;

  // Before the first page is created.
  guardPages({ app, session: session.defaultSession, shell, pageUrl, log });
  servePageFiles();
  const window = openPageWindow({
    create: () => createWindow(state.current()),
    pageUrl,
    ipc: ipcMain,
    monitor,
    state,
    clock,
    onProblem(problem) {
      pageProblem = problem;
      tray.changed();
    },
    onLookedAt() {
      inbox = allRead(inbox);
      tray.changed();
    },
    onHidden: tellAboutHiding,
    onSessionEnd: () => app.quit(),
  });

  const notifier = createNotifier({
    isSupported: () => Notification.isSupported(),
    create: (options) => new Notification({ ...appIcon(platform), ...options }),
    settings: monitor.settings,
    onAlertClick: (alert) => window.show({ kind: 'alert', alert }),
  });
  const pauses = createAlertPause({ state, clock, onChange: () => tray.changed() });

  const images = trayImages(join(packageRoot(), 'build/tray'), platform);
  const trayIcon = new Tray(images('calm'));
  const trayState = (): TrayState => ({
    snapshot: monitor.snapshot(),
    recentAlerts: inbox.recent,
    hasUnread: inbox.hasUnread,
    unreadCount: inbox.unreadIds.size,
    pause: pauses.current(),
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
      show: window.show,
      pauses,
      markRead() {
        inbox = allRead(inbox);
        tray.changed();
        // That they are read comes back as an event.
        void monitor.dispatch({ id: 0, procedure: 'alerts.mark-read', input: { alertIds: null } });
      },
      loginItem,
      updates,
      tell: (text) => notifier.tell(text, () => undefined),
      onChange: () => tray.changed(),
      quit: () => app.quit(),
      log,
    }),
    platform,
    clock,
  });
  // On macOS a click opens the menu, as people expect there.
  if (platform !== 'darwin') trayIcon.on('click', () => window.show(null));

  Menu.setApplicationMenu(
    Menu.buildFromTemplate(appMenu({ platform, onShow: window.show, onQuit: () => app.quit() })),
  );
  followPower({ powerMonitor, monitor, onShutdown: () => app.quit(), log });
  const stopNetwork = followNetwork({ net, monitor, clock, log });
  const placeAgain = (): void => {
    const current = window.current();
    if (current !== null) placeOnDisplay(current);
  };
  screen.on('display-removed', placeAgain);
  screen.on('display-metrics-changed', placeAgain);

  const unsubscribe = monitor.subscribe(({ event, payload }) => {
    if (event === 'alert') receive(payload);
    if (event === 'alerts-read') inbox = withoutUnreadIds(inbox, payload.alertIds);
    tray.changed();
  });
  void readRecentAlerts();

  function receive(alert: Alert): void {
    inbox = withUnreadIds(withAlerts(inbox, [alert]), [alert.id]);
    if (pauses.current().kind !== 'none') return;
    if (!window.isLookedAt()) inbox = withUnread(inbox);
  }

  async function readRecentAlerts(): Promise<void> {
    const answer = await monitor.dispatch({ id: 0, procedure: 'alerts', input: { limit: 3 } });
    if (!answer.ok) return; // they are listed as soon as one is raised
    inbox = withAlerts(inbox, procedures.alerts.output.parse(answer.output).alerts);
    const unread = await monitor.dispatch({ id: 0, procedure: 'alerts.unread', input: {} });
    if (unread.ok)
      inbox = withUnreadIds(inbox, procedures['alerts.unread'].output.parse(unread.output).alertIds);
    tray.changed();
  }

  function tellAboutHiding(): void {
    if (state.current().wasToldAboutHiding) return;
    const wasTold = notifier.tell(
      {
        title: t('desktop.hidden'),
        body: t('desktop.hidden-where'),
      },
      () => window.show(null),
    );
    if (wasTold) state.change({ wasToldAboutHiding: true });
  }

  return {
    show: window.show,
    channels: [
      notificationChannel({
        notifier,
        isSupported: () => Notification.isSupported(),
        pause: pauses.current,
        settings: monitor.settings,
        clock,
      }),
    ],
    close() {
      unsubscribe();
      updates?.stop();
      stopNetwork();
      pauses.stop();
      screen.off('display-removed', placeAgain);
      screen.off('display-metrics-changed', placeAgain);
      tray.close();
      window.close();
    },
  };
}
