import type { Dialog, Notification } from 'electron';
import type { UpdaterPerson } from './updater.ts';

const LATER = 0;
const DOWNLOAD = 1;
const TITLE = 'Crypto Price Monitor';

type Shown = Pick<Notification, 'show' | 'on'>;

/**
 * Talks to the user in native dialogs and notifications.
 *
 * @param notification makes a notification, or gives null where the system has none; the menu still tells then
 */
export function updaterDialogs(
  dialog: Pick<Dialog, 'showMessageBox'>,
  notification: (text: { readonly title: string; readonly body: string }) => Shown | null,
): UpdaterPerson {
  /** Held until it is closed: a notification that is collected never tells of its click. */
  let shown: Shown | null = null;
  return {
    notify(body, onClick) {
      shown = notification({ title: TITLE, body });
      if (onClick) shown?.on('click', onClick);
      shown?.show();
    },
    async offer(message, detail) {
      const { response } = await dialog.showMessageBox({
        type: 'info',
        title: TITLE,
        message,
        detail,
        buttons: ['Later', 'Download'],
        defaultId: DOWNLOAD,
        cancelId: LATER,
      });
      return response === DOWNLOAD;
    },
    async tell(message, detail) {
      await dialog.showMessageBox({ type: 'info', title: TITLE, message, detail, buttons: ['OK'] });
    },
  };
}
