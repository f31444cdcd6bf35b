import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ElectronApplication, _electron as electron, expect, type Page, test } from '@playwright/test';
import { Aedes } from 'aedes';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { findAppHost } from '../../scripts/app-host.ts';
import { plantedWords } from '../integration/planted-secrets.ts';
import { environmentFor, until } from '../program.ts';
import { desktopLaunch, runInMain } from '../shell/desktop-launch.ts';
import { leftBehind } from '../shell/left-behind.ts';
import { keyringLacks, startKeyring } from '../shell/linux/keyring.ts';

const APP = join(import.meta.dirname, '../shell/secrets-app');
const host = findAppHost();
const noHost = host.kind === 'browser' ? host.missing.toLowerCase() : null;
const noKeyring = noHost ?? (await keyringLacks());
const noLinux =
  noHost ?? (process.platform === 'linux' ? null : 'only Chromium on Linux has a store without a keyring');
const skipped = (reason: string | null): string => (reason === null ? '' : ` (skipped: ${reason})`);

const words = plantedWords();
const API_KEY = `CG-${words.plant('the API key')}`;
const PASSWORD = words.plant('the password of the channel');

let folder: string;
let market: DemoServer;
/** Records the requests to the provider, to which the market responds. */
let receiver: Server;
/** A broker, with the passwords of its clients. */
let broker: SocketServer;
let passwords: string[];
let origin: string;
let keysSent: Set<string>;
let app: ElectronApplication | null;
let page: Page;

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'desktop-secrets-'));
  market = await startDemoServer({ clock: systemClock, seed: 'desktop-secrets' });
  passwords = [];
  keysSent = new Set();
  app = null;
  receiver = createServer(async ({ url = '', headers }, response) => {
    const key = headers['x-cg-demo-api-key'];
    if (typeof key === 'string') keysSent.add(key);
    const reply = await fetch(new URL(url, market.url));
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(await reply.text());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { handle } = await Aedes.createBroker({
    authenticate(_client, _user, password, done) {
      passwords.push(String(password));
      done(null, true);
    },
  });
  broker = createSocketServer(handle);
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});

test.afterEach(async () => {
  await app?.close();
  await market.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await new Promise((resolve) => broker.close(resolve));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function start(...flags: readonly string[]): Promise<void> {
  const provider = new URL(new URL(market.url).pathname, origin).href;
  const env = environmentFor(folder, provider, { speed: 1, origin: Date.now(), pollSeconds: 2 });
  app = await electron.launch(
    desktopLaunch({ host, configHome: join(folder, 'config'), env, app: APP, flags }),
  );
  page = await app.firstWindow();
  await expect(page.getByTestId('price-card').first()).toContainText('$');
}

async function quit(): Promise<void> {
  if (app === null) return;
  const ended = once(app.process(), 'exit');
  await runInMain(app, (main) => main.app.quit()).catch(() => undefined); // it may exit before it responds
  expect(await ended).toEqual([0, null]);
  app = null;
  expect(leftBehind(folder)).toEqual([]);
}

const backend = () => app && runInMain(app, ({ safeStorage }) => safeStorage.getSelectedStorageBackend());

async function enterKey(): Promise<void> {
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByTestId('api-key').fill(API_KEY);
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
}

async function addChannel(): Promise<void> {
  await page.getByRole('button', { name: 'Channels', exact: true }).click();
  await page.getByTestId('add-channel').click();
  await page.getByTestId('channel-id').fill('ops');
  await page.getByTestId('channel-kind').selectOption('MQTT');
  await page.getByTestId('option-url').fill(`mqtt://127.0.0.1:${(broker.address() as AddressInfo).port}`);
  await page.getByTestId('option-user').fill('me');
  await page.getByTestId('option-password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Save channel' }).click();
}

/** Files of the data folder that contain a planted secret in readable form. */
function leaks(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    words.leaksIn(textOfFile(join(folder, name))).map((what) => `${what} in ${name}`),
  );
}

/** Empty for a folder or a socket, and for a file that the database has deleted meanwhile. */
function textOfFile(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return '';
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

test(`stores the API key and the secret of a channel encrypted by the keyring${skipped(noKeyring)}`, async () => {
  test.skip(noKeyring !== null, skipped(noKeyring));
  const endKeyring = await startKeyring();
  try {
    await start();
    expect(await backend()).toBe('gnome_libsecret');
    await enterKey();
    await expect(page.getByRole('dialog')).toContainText('A key is stored.');
    await page.keyboard.press('Escape');
    await addChannel();
    await expect(page.getByTestId('channel-ops')).toContainText('Ready');
    await quit();
    const kept = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')) as Record<string, unknown>;
    expect(kept).toMatchObject({
      coingeckoApiKey: { kind: 'encrypted' },
      channelSecrets: { kind: 'encrypted' },
    });
    expect(leaks()).toEqual([]);

    await start();
    await until(() => keysSent.has(API_KEY));
    await page.getByRole('button', { name: 'Channels', exact: true }).click();
    await page.getByRole('button', { name: 'Send a test alert to ops' }).click();
    await expect(page.getByTestId('channel-ops')).toContainText('The test alert was delivered');
    expect(passwords).toEqual([PASSWORD]);
    expect(words.leaksIn(await page.content())).toEqual([]);
    await quit();
    expect(leaks()).toEqual([]);
  } finally {
    await app?.close();
    app = null;
    await endKeyring();
  }
});

test(`needs a confirmation to store a secret without a keyring, and stores none otherwise${skipped(noLinux)}`, async () => {
  test.skip(noLinux !== null, skipped(noLinux));
  await start('--password-store=basic');
  expect(await backend()).toBe('basic_text');
  const reply = (response: string): Promise<void> | null =>
    app &&
    runInMain(
      app,
      ({ dialog }, number) => {
        dialog.showMessageBox = async () => ({ response: Number(number), checkboxChecked: false });
      },
      response,
    );
  await reply('0');
  await enterKey();
  await expect(page.getByRole('dialog')).toContainText('was not stored, as you chose');
  expect(existsSync(join(folder, 'secrets.json'))).toBe(false);
  expect(leaks()).toEqual([]);
  // This validates the search: with consent, the secret is in a file, and is found there.
  await reply('1');
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(page.getByRole('dialog')).toContainText('A key is stored.');
  await quit();
  expect(leaks()).toEqual(['the API key in secrets.json']);
});
