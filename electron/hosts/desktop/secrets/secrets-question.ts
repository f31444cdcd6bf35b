import type { Dialog } from 'electron';
import type { SecretName } from '../../../monitor/secrets/secret-store.ts';
import { SECRET_LABELS } from './secrets.ts';

const DO_NOT_STORE = 0;
const STORE = 1;

/**
 * Asks whether a secret may be stored in plain form, for a system without a keyring. No is what Enter and Escape say.
 *
 * @param path where it would be stored
 */
export function askToStorePlain(
  dialog: Pick<Dialog, 'showMessageBox'>,
  path: string,
): (name: SecretName) => Promise<boolean> {
  return async (name) => {
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      title: 'Crypto Price Monitor',
      message: `Store the ${SECRET_LABELS[name]} unencrypted?`,
      detail:
        'This system has no keyring that could keep it (GNOME Keyring or KWallet). It would be readable in ' +
        `${path} for you, and for every program that runs as you.\n\nInstall and unlock a keyring to have it encrypted.`,
      buttons: ['Do Not Store', 'Store Unencrypted'],
      defaultId: DO_NOT_STORE,
      cancelId: DO_NOT_STORE,
      noLink: true,
    });
    return response === STORE;
  };
}
