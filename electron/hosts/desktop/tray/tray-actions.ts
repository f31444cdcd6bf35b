import type { Place } from '../../../../shared/contract/place.ts';
import type { AlertText } from '../../../../shared/domain/alert-text.ts';
import { t } from '../../../../shared/messages/message.ts';
import { textOfError } from '../../../../shared/messages/message-error.ts';
import type { Logger } from '../../../monitor/logging/logger.ts';
import type { LoginItem } from '../login/login-item.ts';
import type { AlertPause } from '../notifications/alert-pause.ts';
import type { TrayAction } from './tray-menu.ts';

/** Looks for a newer version of the program, by itself and when asked. */
export type Updates = {
  check(): Promise<void>;
  stop(): void;
};

export type TrayActionParts = {
  readonly show: (place: Place | null) => void;
  readonly pauses: Pick<AlertPause, 'pause' | 'resume'>;
  /** Marks all alerts as read. */
  readonly markRead: () => void;
  readonly loginItem: LoginItem | null;
  readonly updates: Updates | null;
  readonly tell: (text: AlertText) => void;
  readonly onChange: () => void;
  readonly quit: () => void;
  readonly log: Logger;
};

/** Makes the function that does what was clicked in the tray's menu; what fails is shown to the user. */
export function trayActions(parts: TrayActionParts): (action: TrayAction) => void {
  const { loginItem, updates, log } = parts;

  const fail = (title: string, err: unknown): void => {
    log.warn({ err }, title);
    parts.tell({ title, body: textOfError(err) });
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
        parts.pauses.pause(action.choice);
        break;
      case 'resume':
        parts.pauses.resume();
        break;
      case 'mark-read':
        parts.markRead();
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
