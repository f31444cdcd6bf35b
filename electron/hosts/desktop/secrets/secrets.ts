import { isDeepStrictEqual } from 'node:util';
import type { SafeStorage } from 'electron';
import { message } from '../../../../shared/messages/message.ts';
import { createTurns } from '../../../monitor/async/in-turn.ts';
import { removeDrafts } from '../../../monitor/files/atomic-file.ts';
import type { Logger } from '../../../monitor/logging/logger.ts';
import { SecretError, type SecretName, type SecretStore } from '../../../monitor/secrets/secret-store.ts';
import { readSecretsFile, type SecretEntries, type SecretEntry, writeSecretsFile } from './secrets-file.ts';

export type SecretsOptions = {
  /** secrets.json in the data folder. */
  readonly path: string;
  readonly safeStorage: Pick<
    SafeStorage,
    'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
  >;
  readonly platform: NodeJS.Platform;
  /** Asks the user whether a secret may be stored in plain text, in a file of mode 0600. */
  readonly mayStorePlain: (name: SecretName) => Promise<boolean>;
  readonly log: Pick<Logger, 'warn'>;
};

/**
 * Secrets in the data folder, encrypted with a key that the operating system stores: Keychain, DPAPI, libsecret or KWallet. Use
 * it after the app is ready.
 *
 * Without such a key, the user has to confirm before a secret is stored in plain text. When a key is available later, the secret
 * is encrypted on the next read.
 */
export function createSecretStore(options: SecretsOptions): SecretStore {
  const { path, safeStorage, mayStorePlain, log } = options;
  /** Changes run one after another: each reads the file, changes an entry and writes the whole file. */
  const inTurn = createTurns();
  removeDrafts(path);

  const change = (update: (entries: SecretEntries) => SecretEntries): Promise<void> =>
    inTurn(async () => writeSecretsFile(path, update(await readSecretsFile(path))));
  const put = (name: SecretName, entry: SecretEntry): Promise<void> =>
    change((entries) => ({ ...entries, [name]: entry }));

  const encrypt = async (value: string): Promise<SecretEntry> => ({
    kind: 'encrypted',
    data: (await safeStorage.encryptStringAsync(value)).toString('base64'),
  });
  const hasKey = async (): Promise<boolean> =>
    (await safeStorage.isAsyncEncryptionAvailable()) && !onlyObfuscates(options);

  /** Encrypts a secret with the current key, unless another was set meanwhile. If that fails, the stored form is kept. */
  const reencrypt = async (name: SecretName, read: SecretEntry, value: string): Promise<void> => {
    try {
      const entry = await encrypt(value);
      await change((entries) =>
        isDeepStrictEqual(entries[name], read) ? { ...entries, [name]: entry } : entries,
      );
    } catch (err) {
      log.warn(
        { err, secret: name },
        'the secret could not be encrypted with the current key; its stored form is kept',
      );
    }
  };

  const decrypt = async (name: SecretName, entry: EncryptedEntry): Promise<string> => {
    try {
      const decrypted = await safeStorage.decryptStringAsync(Buffer.from(entry.data, 'base64'));
      if (decrypted.shouldReEncrypt) await reencrypt(name, entry, decrypted.result);
      return decrypted.result;
    } catch (cause) {
      throw new SecretError(message('secret.undecipherable', { secret: name }), { cause });
    }
  };

  return {
    async get(name) {
      const entry = (await inTurn(() => readSecretsFile(path)))[name];
      if (entry === undefined) return null;
      if (entry.kind === 'encrypted') return decrypt(name, entry);
      if (await hasKey()) await reencrypt(name, entry, entry.text);
      return entry.text;
    },

    async set(name, value) {
      if (await hasKey()) {
        await put(name, await encryptOrExplain(name, value, encrypt));
      } else {
        if (!(await mayStorePlain(name))) return 'refused';
        await put(name, { kind: 'plain', text: value });
      }
      return 'kept';
    },

    async remove(name) {
      await change(({ [name]: _, ...others }) => others);
    },
  };
}

type EncryptedEntry = Extract<SecretEntry, { kind: 'encrypted' }>;

/** Without a keyring, Chromium on Linux encrypts with a password that is part of its source code. */
function onlyObfuscates({ safeStorage, platform }: SecretsOptions): boolean {
  return platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend());
}

async function encryptOrExplain(
  name: SecretName,
  value: string,
  encrypt: (value: string) => Promise<SecretEntry>,
): Promise<SecretEntry> {
  try {
    return await encrypt(value);
  } catch (cause) {
    throw new SecretError(message('secret.not-encrypted', { secret: name }), { cause });
  }
}
