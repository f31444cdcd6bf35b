import type { Dialog, Notification } from 'electron';
import { t } from '../../../../shared/messages/message.ts';
import type { UpdaterDialogs } from './updater.ts';

const LATER = 0;
const DOWNLOAD = 1;

type Shown = Pick<Notification, 'show' | 'on'>;

/**
 * Shows native dialogs and notifications of the updater.
 *
 * @param notification creates a notification, or returns null when the system has none; the menu reports updates as well
 */
export function updaterDialogs(
  dialog: Pick<Dialog, 'showMessageBox'>,
  notification: (text: { readonly title: string; readonly body: string }) => Shown | null,
): UpdaterDialogs {
  const title = t('app.name');
  /** Referenced until it is closed: a notification that was garbage-collected reports no click. */
  let shown: Shown | null = null;
  return {
    notify(body, onClick) {
      shown = notification({ title, body });
      if (onClick) shown?.on('click', onClick);
      shown?.show();
    },
    async offer(message, detail) {
      const { response } = await dialog.showMessageBox({
        type: 'info',
        title,
        message,
        detail,
        buttons: [t('update.later'), t('update.download')],
        defaultId: DOWNLOAD,
        cancelId: LATER,
      });
      return response === DOWNLOAD;
    },
    async inform(message, detail) {
      await dialog.showMessageBox({ type: 'info', title, message, detail, buttons: [t('dialog.ok')] });
    },
  };
}
