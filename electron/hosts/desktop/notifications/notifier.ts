import type { Notification, NotificationConstructorOptions } from 'electron';
import type { Alert } from '../../../../shared/domain/alert.ts';
import { type AlertText, alertText } from '../../../../shared/domain/alert-text.ts';
import type { MarketMove } from '../../../../shared/domain/market-move.ts';
import type { Settings } from '../../../../shared/settings/settings.ts';

export type ShownNotification = Pick<Notification, 'on' | 'show' | 'close'>;

export type NotifierParts = {
  /** False when the operating system has no notifications. */
  readonly isSupported: () => boolean;
  readonly create: (options: NotificationConstructorOptions) => ShownNotification;
  readonly settings: () => Pick<Settings, 'notificationSound'>;
  readonly onAlertClick: (alert: Alert) => void;
};

export type Notifier = {
  /** Shows the alerts, or the move of the market that they are, in one notification. */
  alerts(alerts: readonly Alert[], move?: MarketMove): void;
  /** Shows a notification about the program itself. Returns whether that was possible. */
  tell(text: AlertText, onClick: () => void): boolean;
};

/** Notifications are referenced so that they are not garbage-collected before a click; some systems never report a close. */
const MOST_KEPT = 20;

export function createNotifier(parts: NotifierParts): Notifier {
  const kept = new Set<ShownNotification>();

  const show = (text: AlertText, onClick: () => void): boolean => {
    if (!parts.isSupported()) return false;
    const notification = parts.create({ ...text, silent: !parts.settings().notificationSound });
    kept.add(notification);
    for (const oldest of kept) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    notification.on('click', () => {
      kept.delete(notification);
      onClick();
    });
    notification.on('close', () => kept.delete(notification));
    notification.show();
    return true;
  };

  return {
    alerts(alerts, move) {
      const [first] = alerts;
      if (first !== undefined) show(alertText(alerts, undefined, move), () => parts.onAlertClick(first));
    },
    tell: show,
  };
}
