import { join } from 'node:path';
import type { Dialog, SafeStorage } from 'electron';
import { t } from '../../../../shared/messages/message.ts';
import { textOfError } from '../../../../shared/messages/message-error.ts';
import type { Logger } from '../../../monitor/logging/logger.ts';
import { type BoundSecret, readBoundSecret } from '../../../monitor/secrets/bound-secret.ts';
import { type DatabasePassword, openDatabasePassword } from '../../../monitor/secrets/database-password.ts';
import { withSecretsFromFiles } from '../../../monitor/secrets/from-environment.ts';
import type { SecretStore } from '../../../monitor/secrets/secret-store.ts';
import { confirmPlainStorage } from './confirm-plain-storage.ts';
import { createSecretStore, type SecretsOptions } from './secrets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type OpenSecretsOptions = {
  readonly dataDir: string;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly safeStorage: SecretsOptions['safeStorage'] & Pick<SafeStorage, 'isAsyncEncryptionAvailable'>;
  readonly dialog: Pick<Dialog, 'showMessageBox' | 'showErrorBox'>;
  readonly log: Logger;
};

/** The monitor's options that concern secrets. */
export type OpenedSecrets = {
  /** The environment, with the secrets from `*_FILE` variables. */
  readonly env: Environment;
  /** Not read when the environment provides a key, which takes precedence. */
  readonly keptKey?: BoundSecret;
  readonly secrets: SecretStore;
  readonly keptChannelSecrets?: string;
  readonly databasePassword?: DatabasePassword;
};

/**
 * Opens the app's secrets. One that cannot be read now, for example because the keyring is locked, is reported, and the app
 * continues without it.
 *
 * @throws SecretError when a file that a variable names cannot be read
 */
export async function openSecrets(options: OpenSecretsOptions): Promise<OpenedSecrets> {
  const { dataDir, platform, safeStorage, dialog, log } = options;
  const env = withSecretsFromFiles(options.env);
  const path = join(dataDir, 'secrets.json');
  const secrets = createSecretStore({
    path,
    safeStorage,
    platform,
    mayStorePlain: confirmPlainStorage(dialog, path),
    log,
  });

  const orWithout = async <T>(read: Promise<T>): Promise<T | undefined> => {
    try {
      return await read;
    } catch (err) {
      log.warn({ err }, 'a secret cannot be read');
      dialog.showErrorBox(t('secret.unreadable-title'), textOfError(err));
      return undefined;
    }
  };
  const key = env.COINGECKO_API_KEY?.trim() ? null : await orWithout(secrets.get('coingeckoApiKey'));
  const keptChannelSecrets = await orWithout(secrets.get('channelSecrets'));
  const databasePassword = await orWithout(openDatabasePassword(secrets));
  return {
    env,
    secrets,
    ...(keptChannelSecrets && { keptChannelSecrets }),
    ...(key && { keptKey: readBoundSecret(key) }),
    ...(databasePassword && { databasePassword }),
  };
}
