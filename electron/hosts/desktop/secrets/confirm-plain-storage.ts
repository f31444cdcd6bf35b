import type { Dialog } from 'electron';
import { t } from '../../../../shared/messages/message.ts';
import type { SecretName } from '../../../monitor/secrets/secret-store.ts';

const DO_NOT_STORE = 0;
const STORE = 1;

/**
 * Asks the user whether a secret may be stored in plain text, on a system without a keyring. Enter and Escape mean no.
 *
 * @param path where it would be stored
 */
export function confirmPlainStorage(
  dialog: Pick<Dialog, 'showMessageBox'>,
  path: string,
): (name: SecretName) => Promise<boolean> {
  return async (name) => {
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      title: t('app.name'),
      message: t('secret.store-plain', { secret: name }),
      detail: t('secret.store-plain-where', { path }),
      buttons: [t('secret.do-not-store'), t('secret.store-unencrypted')],
      defaultId: DO_NOT_STORE,
      cancelId: DO_NOT_STORE,
      noLink: true,
    });
    return response === STORE;
  };
}
