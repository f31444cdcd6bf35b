import type { Place } from '../../../../shared/contract/place.ts';
import type { AlertText } from '../../../../shared/domain/alert-text.ts';
import { t } from '../../../../shared/messages/message.ts';
import { textOfError } from '../../../../shared/messages/message-error.ts';
import type { Logger } from '../../../monitor/logging/logger.ts';
import type { LoginItem } from '../login/login-item.ts';
import type { AlertChanges } from './alert-changes.ts';
import type { TrayAction } from './tray-menu.ts';

/** Checks for a newer version of the program, on schedule and on request. */
export type Updates = {
  check(): Promise<void>;
  stop(): void;
};

export type TrayActionParts = {
  readonly show: (place: Place | null) => void;
  readonly alerts: AlertChanges;
  readonly loginItem: LoginItem | null;
  readonly updates: Updates | null;
  readonly notify: (text: AlertText) => void;
  readonly onChange: () => void;
  readonly quit: () => void;
  readonly log: Logger;
};

/** Creates the function that runs the clicked action of the tray's menu; failures are shown to the user. */
export function trayActions(parts: TrayActionParts): (action: TrayAction) => void {
  const { loginItem, updates, log } = parts;

  const fail = (title: string, err: unknown): void => {
    log.warn({ err }, title);
    parts.notify({ title, body: textOfError(err) });
  };

  const change = (changed: Promise<void>): void => {
    changed.catch((err: unknown) => fail(t('desktop.alerts-unchanged'), err));
  };

  const setLoginItem = (wanted: boolean): void => {
    try {
      loginItem?.set(wanted);
    } catch (err) {
      fail(t('desktop.login-unchanged'), err);
    }
    parts.onChange();
  };

  return (action) => {
    switch (action.do) {
      case 'show':
        parts.show(action.place);
        break;
      case 'pause':
        change(parts.alerts.pause(action.choice));
        break;
      case 'resume':
        change(parts.alerts.resume());
        break;
      case 'mute':
        change(parts.alerts.mute([action.coinId]));
        break;
      case 'unmute':
        change(parts.alerts.unmute(action.coinId));
        break;
      case 'mark-read':
        change(parts.alerts.markRead());
        break;
      case 'start-at-login':
        setLoginItem(action.wanted);
        break;
      case 'check-for-updates':
        updates?.check().catch((err: unknown) => fail(t('desktop.updates-unchecked'), err));
        break;
      case 'quit':
        parts.quit();
        break;
    }
  };
}
