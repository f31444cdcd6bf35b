/**
 * Runs the built app on an Electron that is too old for the asynchronous calls of safeStorage: replaces them with the synchronous ones,
 * which use the same encryption and keyring. On a newer Electron, it changes nothing.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, safeStorage } from 'electron';

safeStorage.isAsyncEncryptionAvailable ??= async () => safeStorage.isEncryptionAvailable();
safeStorage.encryptStringAsync ??= async (text) => safeStorage.encryptString(text);
safeStorage.decryptStringAsync ??= async (encrypted) => ({
  shouldReEncrypt: false,
  result: safeStorage.decryptString(encrypted),
});

const root = join(import.meta.dirname, '../../..');
app.setAppPath(root);
await import(pathToFileURL(join(root, 'out/main/main.js')).href);
