import type { Notification, NotificationConstructorOptions } from 'electron';
import type { Alert } from '../../../../shared/domain/alert.ts';
import { type AlertText, type AlertTextOptions, alertText } from '../../../../shared/domain/alert-text.ts';
import { t } from '../../../../shared/messages/message.ts';
import type { Settings } from '../../../../shared/settings/settings.ts';

export type ShownNotification = Pick<Notification, 'on' | 'show' | 'close'>;

export type NotifierParts = {
  readonly platform: NodeJS.Platform;
  /** False when the operating system has no notifications. */
  readonly isSupported: () => boolean;
  readonly create: (options: NotificationConstructorOptions) => ShownNotification;
  readonly settings: () => Pick<Settings, 'notificationSound'>;
  readonly onAlertClick: (alert: Alert) => void;
  /** Mutes the coins of a notification for an hour. */
  readonly onMute: (coinIds: readonly string[]) => void;
};

export type Notifier = {
  /** Shows the alerts in one notification, or a summary of them. */
  alerts(alerts: readonly Alert[], together: Pick<AlertTextOptions, 'move' | 'missed'>): void;
  /** Shows a notification about the program itself. Returns whether that was possible. */
  notify(text: AlertText, onClick: () => void): boolean;
};

/** A button of a notification. */
type Button = { readonly label: string; readonly onPress: () => void };

/**
 * Notifications are referenced so that they are not garbage-collected before a click; some systems never report that they were
 * closed.
 */
const MAX_REFERENCED = 20;

/** Systems collect the notifications of a group under one heading, and can dismiss them together. */
const ALERTS_GROUP = 'alerts';

export function createNotifier(parts: NotifierParts): Notifier {
  const { platform } = parts;
  const kept = new Set<ShownNotification>();
  // Source: https://electronjs.org/docs/api/structures/notification-action; Linux: electron/electron#24333.
  const hasButtons = platform === 'darwin' || platform === 'win32';

  const show = (
    options: NotificationConstructorOptions,
    onClick: () => void,
    buttons: readonly Button[] = [],
  ): boolean => {
    if (!parts.isSupported()) return false;
    const notification = parts.create({
      ...options,
      ...(hasButtons && { actions: buttons.map(({ label }) => ({ type: 'button', text: label })) }),
      silent: !parts.settings().notificationSound,
    });
    kept.add(notification);
    for (const oldest of kept) {
      if (kept.size <= MAX_REFERENCED) break;
      kept.delete(oldest);
    }
    const act = (what: (() => void) | undefined) => {
      kept.delete(notification);
      what?.();
    };
    notification.on('click', () => act(onClick));
    notification.on('action', ({ actionIndex }) => act(buttons[actionIndex]?.onPress));
    notification.on('close', () => kept.delete(notification));
    notification.show();
    return true;
  };

  return {
    alerts(alerts, together) {
      const [first] = alerts;
      if (first === undefined) return;
      const showChart = (): void => parts.onAlertClick(first);
      const coinIds = [...new Set(alerts.map(({ coinId }) => coinId))];
      show(
        { ...alertText(alerts, together), groupId: ALERTS_GROUP, groupTitle: t('app.alerts') },
        showChart,
        [
          { label: t('notification.show-chart'), onPress: showChart },
          {
            label: t('notification.mute', { count: coinIds.length }),
            onPress: () => parts.onMute(coinIds),
          },
        ],
      );
    },
    notify: ({ title, body }, onClick) => show({ title, body }, onClick),
  };
}
