import type { Notification, NotificationConstructorOptions } from 'electron';
import type { Alert } from '../../../../shared/domain/alert.ts';
import type { Settings } from '../../../../shared/settings/settings.ts';
import type { Clock } from '../../../monitor/time/clock.ts';
import { type AlertGroup, GROUP_MS, isDue, withAlert } from './alert-group.ts';
import { alertText, type NotificationText } from './alert-text.ts';
import { isQuiet } from './quiet-hours.ts';

export type ShownNotification = Pick<Notification, 'on' | 'show' | 'close'>;

export type NotifierParts = {
  /** False where the operating system shows none: the tray's state and the page's list tell alone. */
  readonly isSupported: () => boolean;
  readonly create: (options: NotificationConstructorOptions) => ShownNotification;
  /** The clock that people live by, also where the monitor's runs faster. */
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, 'quietHours' | 'notificationSound'>;
  readonly onAlertClick: (alert: Alert) => void;
};

export type Notifier = {
  /** Shows the alert within two seconds, together with those that come meanwhile; not in quiet hours. */
  alert(alert: Alert): void;
  /** Says something about the program itself. Returns whether it could be shown. */
  tell(text: NotificationText, onClick: () => void): boolean;
  /** What waits is not shown any more. */
  stop(): void;
};

/** A notification that the program lets go of is collected, and its click is lost. Some systems never say that one was closed. */
const MOST_KEPT = 20;

export function createNotifier(parts: NotifierParts): Notifier {
  const { clock, settings } = parts;
  const stopping = new AbortController();
  const kept = new Set<ShownNotification>();
  let group: AlertGroup | null = null;

  const show = (text: NotificationText, onClick: () => void): boolean => {
    if (!parts.isSupported()) return false;
    const notification = parts.create({ ...text, silent: !settings().notificationSound });
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

  const showGroup = (): void => {
    const [first] = group?.alerts ?? [];
    if (group !== null && first !== undefined) show(alertText(group.alerts), () => parts.onAlertClick(first));
    group = null;
  };

  return {
    alert(alert) {
      const now = clock.now();
      if (isQuiet(settings().quietHours, now)) return;
      // The timer is late when the machine slept: what it left is shown apart from what comes now.
      if (group !== null && isDue(group, now)) showGroup();
      const isFirst = group === null;
      group = withAlert(group, alert, now);
      if (!isFirst) return; // its end is being waited for
      clock.sleep(GROUP_MS, stopping.signal).then(showGroup, () => undefined); // rejects at the end alone
    },
    tell: show,
    stop: () => stopping.abort(),
  };
}
