import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dialog, SafeStorage } from 'electron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../monitor/logging/logger.ts';
import { confirmPlainStorage } from './confirm-plain-storage.ts';
import { createSecretStore, type SecretsOptions } from './secrets.ts';

type Keyring = {
  available: boolean;
  backend: ReturnType<SafeStorage['getSelectedStorageBackend']>;
  /** The prefix of encrypted texts. A text with another prefix was encrypted with an earlier key. */
  key: string;
  locked: boolean;
};

/** A simulated keyring. It reverses the text and prefixes its key's name, so that tests can check the result. */
function safeStorageOf(keyring: Keyring) {
  const reversed = (text: string): string => [...text].reverse().join('');
  return {
    isAsyncEncryptionAvailable: async () => keyring.available,
    getSelectedStorageBackend: () => keyring.backend,
    encryptStringAsync: async (text) => {
      if (keyring.locked) throw new Error('the keyring is locked');
      return Buffer.from(`${keyring.key}:${reversed(text)}`);
    },
    decryptStringAsync: async (encrypted) => {
      if (keyring.locked) throw new Error('the keyring is locked');
      const [key, text = ''] = encrypted.toString().split(':');
      return { shouldReEncrypt: key !== keyring.key, result: reversed(text) };
    },
  } satisfies SecretsOptions['safeStorage'];
}

describe('the secret store of the desktop app', () => {
  let folder: string;
  let path: string;
  let keyring: Keyring;
  let questions: string[];
  let isConfirmed: boolean;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    path = join(folder, 'secrets.json');
    keyring = { available: true, backend: 'gnome_libsecret', key: 'key1', locked: false };
    questions = [];
    isConfirmed = true;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const openStore = (platform: NodeJS.Platform = 'linux') =>
    createSecretStore({
      path,
      platform,
      safeStorage: safeStorageOf(keyring),
      mayStorePlain: async (name) => {
        questions.push(name);
        return isConfirmed;
      },
      log: silentLog,
    });
  const fileText = (): string => readFileSync(path, 'utf8');

  it('returns stored secrets after a restart, and has no readable form of them on disk', async () => {
    expect(await openStore().set('coingeckoApiKey', 'CG-hush')).toBe('kept');
    expect(await openStore().get('coingeckoApiKey')).toBe('CG-hush');
    expect(fileText()).not.toContain('CG-hush');
    expect(questions).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'is readable only by its owner (skipped on Windows, which has no such modes)',
    async () => {
      writeFileSync(path, '{}', { mode: 0o644 });
      await openStore().set('databasePassword', 'hush');
      expect(statSync(path).mode & 0o777).toBe(0o600);
    },
  );

  it('returns nothing for a secret that was never stored or was removed', async () => {
    const store = openStore();
    expect(await store.get('databasePassword')).toBeNull();
    await store.set('databasePassword', 'hush');
    await store.set('coingeckoApiKey', 'CG-1');
    await store.remove('databasePassword');
    expect(await store.get('databasePassword')).toBeNull();
    expect(await store.get('coingeckoApiKey')).toBe('CG-1');
    await store.remove('databasePassword');
  });

  it('preserves entries of a later version of the program', async () => {
    const later = { smtpPassword: { kind: 'sealed', data: 'x' } };
    writeFileSync(path, JSON.stringify(later));
    await openStore().set('coingeckoApiKey', 'CG-1');
    expect(await openStore().get('coingeckoApiKey')).toBe('CG-1');
    expect(JSON.parse(fileText())).toMatchObject(later);
  });

  it('does not overwrite a secret that is set while an earlier one is encrypted again', async () => {
    keyring.available = false;
    const store = openStore();
    await store.set('databasePassword', 'earlier');
    keyring.available = true;
    await Promise.all([store.get('databasePassword'), store.set('databasePassword', 'newer')]);
    expect(await store.get('databasePassword')).toBe('newer');
  });

  it('keeps both of two secrets that are set concurrently', async () => {
    const store = openStore();
    await Promise.all([store.set('databasePassword', 'hush'), store.set('coingeckoApiKey', 'CG-1')]);
    expect(await store.get('databasePassword')).toBe('hush');
    expect(await store.get('coingeckoApiKey')).toBe('CG-1');
  });

  it.each([
    ['there is no keyring, only the constant password of Chromium', { backend: 'basic_text' }],
    ['encryption is not available', { available: false }],
  ] as const)('requires a confirmation to store plain text if %s', async (_, state) => {
    Object.assign(keyring, state);
    const store = openStore();
    expect(await store.set('databasePassword', 'hush')).toBe('kept');
    expect(questions).toEqual(['databasePassword']);
    expect(fileText()).toContain('"hush"');
    expect(await store.get('databasePassword')).toBe('hush');
  });

  it('stores nothing without that confirmation', async () => {
    keyring.available = false;
    isConfirmed = false;
    const store = openStore();
    expect(await store.set('databasePassword', 'hush')).toBe('refused');
    expect(await store.get('databasePassword')).toBeNull();
    expect(() => statSync(path)).toThrow('ENOENT');
  });

  it('ignores the name of the keyring on systems that have only one', async () => {
    keyring.backend = 'basic_text';
    for (const platform of ['darwin', 'win32'] as const) {
      expect(await openStore(platform).set('databasePassword', 'hush')).toBe('kept');
    }
    expect(questions).toEqual([]);
    expect(fileText()).not.toContain('"hush"');
  });

  it('encrypts a plain-text secret on reading once there is a keyring', async () => {
    keyring.available = false;
    await openStore().set('databasePassword', 'hush');
    keyring.available = true;
    expect(await openStore().get('databasePassword')).toBe('hush');
    expect(fileText()).not.toContain('hush');
    expect(await openStore().get('databasePassword')).toBe('hush');
  });

  it('re-encrypts a secret that was encrypted with an old key', async () => {
    await openStore().set('databasePassword', 'hush');
    const before = fileText();
    keyring.key = 'key2';
    expect(await openStore().get('databasePassword')).toBe('hush');
    expect(fileText()).not.toBe(before);
    expect(await openStore().get('databasePassword')).toBe('hush');
  });

  it('reports what to do when the keyring is locked, and loses nothing', async () => {
    const store = openStore();
    await store.set('databasePassword', 'hush');
    keyring.locked = true;
    await expect(store.get('databasePassword')).rejects.toThrow(
      'The database password cannot be decrypted. Unlock the keyring',
    );
    await expect(store.set('databasePassword', 'new')).rejects.toThrow('cannot be encrypted');
    keyring.locked = false;
    expect(await store.get('databasePassword')).toBe('hush');
  });

  it('reports a damaged file without revealing its contents', async () => {
    writeFileSync(path, '{"databasePassword": {"kind": "plain", "text": "hush"');
    await expect(openStore().get('databasePassword')).rejects.toThrow(/damaged(?!.*hush)/);
  });
});

describe('the confirmation before a secret is stored in plain text', () => {
  const dialogThat = (response: number, shown: string[]) =>
    ({
      showMessageBox: async (...args: unknown[]) => {
        const box = args[0] as Electron.MessageBoxOptions;
        shown.push(`${box.message} ${box.detail}`, box.buttons?.[box.cancelId ?? -1] ?? '');
        return { response, checkboxChecked: false };
      },
    }) satisfies Pick<Dialog, 'showMessageBox'>;

  it('names the secret and the file, and treats a closed dialog as no', async () => {
    const shown: string[] = [];
    const may = await confirmPlainStorage(dialogThat(0, shown), '/data/secrets.json')('coingeckoApiKey');
    expect(may).toBe(false);
    expect(shown[0]).toContain('Store the CoinGecko API key unencrypted?');
    expect(shown[0]).toContain('/data/secrets.json');
    expect(shown[1]).toBe('Do Not Store');
  });

  it('stores only after it was chosen', async () => {
    expect(await confirmPlainStorage(dialogThat(1, []), '/data/secrets.json')('databasePassword')).toBe(true);
  });
});
