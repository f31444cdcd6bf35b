import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type ElectronApplication, _electron as electron, expect, type Page, test } from '@playwright/test';
import type Electron from 'electron';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { type Clock, scaledClock } from '../../electron/monitor/time/clock.ts';
import { findAppHost } from '../../scripts/app-host.ts';
import { queryUrl } from '../integration/storage-fixture.ts';
import { alertLines, environmentFor, runCli, until } from '../program.ts';
import { leftBehind } from '../shell/left-behind.ts';
import { notificationList } from '../shell/linux/notification-list.ts';
import { screen } from '../shell/linux/screen.ts';
import { desktopLacks } from '../shell/linux/session-bus.ts';
import { ALERT_COLOUR, STALE_COLOUR, type TrayItem, trayItemOf } from '../shell/linux/tray-item.ts';

/** A minute of the market per real second, so that five flat minutes take five seconds. */
const SPEED = 60;
const POLL_SECONDS = 10;
const STEP_MS = 10_000;
const COINS = 3;
/** The number of constant prices after which the average equals them. */
const FLAT_STEPS = 31;
const ROOT = join(import.meta.dirname, '../..');

const host = findAppHost();
const reason = host.kind === 'browser' ? ` (skipped: ${host.missing.toLowerCase()})` : '';
const lacking = host.kind === 'browser' ? host.missing.toLowerCase() : await desktopLacks();
const onDesktop = lacking === null ? '' : ` (skipped: ${lacking})`;

let folder: string;
let market: DemoServer;
let origin: number;
let clock: Clock;
let step = 0;
let app: ElectronApplication;
let page: Page;
let tray: TrayItem;

/**
 * Runs a function in the main process, possibly twice. The promise of Playwright's evaluation can be collected before
 * its value is read: https://github.com/microsoft/playwright/issues/33737.
 */
async function inMain<R>(what: (electron: typeof Electron, text: string) => R, text = ''): Promise<R> {
  for (;;) {
    try {
      return await app.evaluate(what, text);
    } catch (cause) {
      if (!String(cause).includes('promise was garbage collected')) throw cause;
    }
  }
}

/** A session with the app, from its first start to its second: each test continues where the last one ended. */
test.describe
  .serial(`the desktop app${reason}`, () => {
    test.skip(host.kind === 'browser', reason);

    test.beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'desktop-test-'));
      origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
      clock = scaledClock(SPEED, origin);
      market = await startDemoServer({
        clock,
        seed: 'desktop',
        jumpsPerDay: 0,
        record: true,
      });
      market.setPrice('bitcoin', { price: 60_000, lastUpdatedAt: origin });
      await start();
    });

    test.afterAll(async () => {
      await app?.close();
      await market?.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    function launchOptions(flags: readonly string[] = []) {
      const time = { speed: SPEED, origin, pollSeconds: POLL_SECONDS };
      const kept = ['PATH', 'HOME', 'DISPLAY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR', 'XDG_CURRENT_DESKTOP'];
      const env = [...kept, 'DBUS_SESSION_BUS_ADDRESS'].flatMap((name): [string, string][] => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      });
      return {
        executablePath: host.kind === 'desktop' ? host.binary : '',
        args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ROOT, ...flags],
        env: {
          ...Object.fromEntries(env),
          XDG_CONFIG_HOME: join(folder, 'config'),
          ...environmentFor(folder, market.url, time),
        },
      };
    }

    async function start(...flags: readonly string[]): Promise<void> {
      app = await electron.launch(launchOptions(flags));
      page = await app.firstWindow();
      tray = trayItemOf(app.process().pid ?? 0);
    }

    const isVisible = (): Promise<boolean> =>
      inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);
    const closeWindow = (): Promise<void> =>
      inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    const activate = (): Promise<boolean> => inMain(({ app: electronApp }) => electronApp.emit('activate'));
    const pressInMenu = (keyCode: string): Promise<void> =>
      inMain(({ Menu }, key) => {
        const items = Menu.getApplicationMenu()?.items.flatMap((item) => item.submenu?.items ?? []);
        items?.find(({ accelerator }) => accelerator === `CommandOrControl+${key}`)?.click();
      }, keyCode);
    /** Titles of all notifications, newest first; this dismisses visible ones. */
    const titlesNotified = async (): Promise<readonly string[]> => {
      await notificationList.dismissAll();
      return (await notificationList.past()).map(({ title }) => title);
    };
    const keepOnReport = async (name: string, body: Buffer): Promise<void> => {
      await test.info().attach(name, { body, contentType: 'image/png' });
    };

    async function serveBitcoin(price: number): Promise<void> {
      step = Math.max(step + 1, Math.floor((clock.now() - origin) / STEP_MS));
      const lastUpdatedAt = origin + step * STEP_MS;
      market.setPrice('bitcoin', { price, lastUpdatedAt });
      await until(() =>
        market.served().some((one) => one.coinId === 'bitcoin' && one.lastUpdatedAt === lastUpdatedAt),
      );
    }

    /** Serves constant prices until the average equals them, and then one that raises an alert. */
    async function jump(from: number, to: number): Promise<void> {
      const before = alertLines(folder).length;
      for (let count = 0; count < FLAT_STEPS; count++) await serveBitcoin(from);
      await serveBitcoin(to);
      await until(() => alertLines(folder).length > before);
    }

    async function quit(call: () => Promise<unknown>): Promise<void> {
      const child = app.process();
      const ended = once(child, 'exit');
      await call().catch(() => undefined); // it may exit before it responds
      expect(await ended).toEqual([0, null]);
      expect(leftBehind(folder)).toEqual([]);
    }

    test('shows its first price from its own files, under its own policy', async () => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await expect(page.getByTestId('price-card').first()).toContainText('$60,000');
      expect(await isVisible()).toBe(true);
      expect(page.url()).toBe('app://monitor/');
      await expect(page.getByTestId('status-line')).toContainText('PostgreSQL ready');
      expect(await page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe(
        'undefined',
      );
      expect(complaints).toEqual([]);
    });

    test('has the background color of its page before the first paint', async () => {
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      const colour = await inMain(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.getBackgroundColor(),
      );
      const channels = [...Buffer.from(String(colour).slice(1), 'hex')];
      expect(`rgb(${channels.join(', ')})`).toBe(ground);
    });

    test('shows each part of the page when its shortcut is pressed', async () => {
      await pressInMenu('3');
      await expect(page.locator('[data-place="alerts"]')).toBeFocused();
      await pressInMenu(',');
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
      expect(await isVisible()).toBe(true);
    });

    test('is hidden by Escape and by closing, and is shown again without reloading', async () => {
      await page.locator('body').evaluate((body) => body.setAttribute('data-kept', 'yes'));
      await page.keyboard.press('Escape');
      await expect.poll(isVisible).toBe(false);
      const { executablePath, args, env } = launchOptions();
      const [code] = await once(spawn(executablePath, args, { env, stdio: 'ignore' }), 'exit');
      expect(code).toBe(0);
      await expect.poll(isVisible).toBe(true);
      await closeWindow();
      await expect.poll(isVisible).toBe(false);
      await activate();
      await expect.poll(isVisible).toBe(true);
      await expect(page.locator('body')).toHaveAttribute('data-kept', 'yes');
      expect(app.windows()).toHaveLength(1);
    });

    test(`has an icon in the title bar of its window${onDesktop}`, async () => {
      test.skip(lacking !== null, onDesktop);
      expect(await screen.windowHasIcon('Crypto Price Monitor')).toBe(true);
    });

    test(`notifies once that it continues to run without its window${onDesktop}`, async () => {
      test.skip(lacking !== null, onDesktop);
      await expect.poll(titlesNotified).toEqual(['Crypto Price Monitor is still running']);
    });

    test('writes an alert while its window is hidden, and lists it when it is shown', async () => {
      await page.getByTestId('price-card').nth(2).click();
      await expect(page.locator('[data-place="chart"] h2')).toContainText('Zcash');
      await closeWindow();
      await jump(60_000, 61_800);
      expect(alertLines(folder)).toHaveLength(1);
      // A hidden page receives no events.
      await expect(page.getByTestId('alert-item')).toHaveCount(0);
      if (lacking !== null) await activate();
    });

    test(`shows an alert in the tray and in a notification, which opens the chart at the alert${onDesktop}`, async () => {
      test.skip(lacking !== null, onDesktop);
      await until(notificationList.shown);
      await expect.poll(() => tray.hasColour(ALERT_COLOUR)).toBe(true);
      await expect.poll(tray.toolTip).toContain('Bitcoin  $61,800.00');
      await keepOnReport('tray with an alert', await screen.trayIcon());
      expect(await isVisible()).toBe(false);
      await notificationList.clickNewest();
      await expect.poll(isVisible).toBe(true);
      await expect(page.locator('[data-place="chart"] h2')).toContainText('Bitcoin');
      await expect(page.getByTestId('alert-item')).toHaveAttribute('aria-pressed', 'true');
      await expect.poll(() => tray.hasColour(ALERT_COLOUR)).toBe(false);
      await notificationList.dismissAll();
      await expect
        .poll(async () => (await notificationList.past())[0])
        .toEqual({
          title: 'Bitcoin ▲ +3.00%',
          body: '$61,800.00, average $60,000.00\nPrice changed by more than 2% from the 5-min average.',
        });
    });

    test('lists the alert when it is shown', async () => {
      await expect(page.getByTestId('alert-item')).toHaveCount(1);
      await expect(page.getByTestId('alert-item')).toContainText('Bitcoin');
      await expect(page.getByTestId('price-card').first()).toContainText('$61,800');
    });

    test(`shows its window with current prices at a click on the tray${onDesktop}`, async () => {
      test.skip(lacking !== null, onDesktop);
      await closeWindow();
      await expect.poll(isVisible).toBe(false);
      await serveBitcoin(61_900);
      await tray.click();
      await expect.poll(isVisible).toBe(true);
      await expect(page.getByTestId('price-card').first()).toContainText('$61,900');
    });

    test(`pauses alerts for 15 minutes from the tray's menu${onDesktop}`, async () => {
      test.skip(lacking !== null, onDesktop);
      await keepOnReport('the menu', await screen.withTrayMenu());
      const labels = (await tray.menu()).map(({ label }) => label).join('\n');
      expect(labels).toMatch(
        /^Bitcoin {2}\$61,\d{3}\.00.*\nEthereum .*\nZcash .*\n—\n.*Bitcoin ▲ .*\n(Mark \d unread alerts? as read\n)?—\nShow\nPause alerts\nMute for 1 hour\nRules\nSettings\n—\nStart at login\n—\nQuit$/,
      );
      await tray.choose('Pause alerts', 'For 15 minutes');
      // In the last minutes of a day, the time has a date.
      await expect.poll(tray.toolTip).toMatch(/^Alerts are paused until (\d+ \w+, )?\d\d:\d\d\n/);
      await closeWindow();
      await jump(61_900, 60_000);
      expect(await tray.hasColour(ALERT_COLOUR)).toBe(false);
      await tray.choose('Resume alerts');
      // Missed alerts are announced before the next one.
      await jump(60_000, 61_800);
      await expect
        .poll(titlesNotified)
        .toEqual([
          'Bitcoin ▲ +3.00%',
          expect.stringMatching(/^Missed while alerts were paused: Bitcoin ▼/),
          'Bitcoin ▲ +3.00%',
          'Crypto Price Monitor is still running',
        ]);
      await activate();
    });

    test(`starts at login when this is enabled in the menu${onDesktop}`, async () => {
      test.skip(lacking !== null, onDesktop);
      const entry = join(folder, 'config/autostart/crypto-price-monitor.desktop');
      await tray.choose('Start at login');
      const isChecked = async (): Promise<boolean> =>
        (await tray.menu()).some((line) => line.label === 'Start at login' && line.isChecked);
      await expect.poll(isChecked).toBe(true);
      expect(readFileSync(entry, 'utf8')).toContain('"--hidden"');
      await tray.choose('Start at login');
      await expect.poll(isChecked).toBe(false);
      expect(existsSync(entry)).toBe(false);
    });

    test('saves a setting that is changed in its window', async () => {
      await pressInMenu(',');
      await page.getByTestId('setting-alertThresholdPct').fill('2.5');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('dialog')).toBeHidden();
      expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toMatchObject({
        alertThresholdPct: 2.5,
      });
    });

    test('makes no requests while the machine sleeps, and polls when it wakes', async () => {
      const ethereum = page.getByTestId('price-card').nth(1).locator('time');
      await inMain(({ powerMonitor }) => powerMonitor.emit('suspend'));
      await expect(ethereum).toContainText('3\u00a0min');
      await inMain(({ powerMonitor }) => powerMonitor.emit('resume'));
      await expect(ethereum).toContainText('\u00a0s ago');
    });

    test(`shows in the tray that prices are not current${onDesktop}`, async () => {
      test.skip(lacking !== null, onDesktop);
      await keepOnReport('tray when all is well', await screen.trayIcon());
      market.setFault({ endpoint: '*', fault: { kind: 'reset' } });
      await expect.poll(() => tray.hasColour(STALE_COLOUR)).toBe(true);
      await expect.poll(tray.toolTip).toMatch(/^Offline for /);
      await keepOnReport('tray when prices are stale', await screen.trayIcon());
      market.clearFaults();
      await expect.poll(() => tray.hasColour(STALE_COLOUR)).toBe(false);
    });

    test('writes everything to the database when it quits, and leaves nothing behind', async () => {
      market.freeze(market.served().at(-1)?.lastUpdatedAt ?? 0);
      // Two further requests: the second is made only after the ticks of the first were accepted.
      const before = market.served().length;
      await until(() => market.served().length >= before + 2 * COINS);
      await quit(() => (lacking === null ? tray.choose('Quit') : inMain((main) => main.app.quit())));
      const logFile = new DatabaseSync(join(folder, 'journal.sqlite'), { readOnly: true });
      const waiting = logFile
        .prepare(
          `select count(*) as count from records
           where log_offset > (select log_offset from cursors where consumer = 'store')`,
        )
        .get();
      logFile.close();
      expect(waiting).toEqual({ count: 0 });
    });

    test('starts hidden with all its data', async () => {
      const alerts = alertLines(folder).length;
      await start('--hidden');
      await page.waitForLoadState();
      expect(await isVisible()).toBe(false);
      await activate();
      await expect.poll(isVisible).toBe(true);
      await expect(page.getByTestId('status-line')).toContainText('PostgreSQL ready');
      const { stdout: url } = await runCli(['database-url', '--data-dir', folder]);
      const rows = await queryUrl<{ observed_at: Date; price: number }>(
        url.trim(),
        "select observed_at, price from ticks where coin_id = 'bitcoin'",
      );
      const stored = new Set(rows.map((row) => `${row.observed_at.getTime()} ${row.price}`));
      const served = market.served().filter(({ coinId }) => coinId === 'bitcoin');
      const lost = served.filter((one) => !stored.has(`${one.lastUpdatedAt} ${one.price}`));
      expect(lost).toEqual([]);
      await expect(page.getByTestId('alert-item')).toHaveCount(alerts);
      await pressInMenu(',');
      await expect(page.getByTestId('setting-alertThresholdPct')).toHaveValue('2.5');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    });

    test('opens a new window when a page has destroyed it', async () => {
      await page.evaluate(() => (globalThis as unknown as { close(): void }).close()).catch(() => undefined); // it may exit before it responds
      await until(() => inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().length === 0));
      const opened = app.waitForEvent('window');
      await activate();
      page = await opened;
      await expect(page.getByTestId('price-card').first()).toContainText('$');
      expect(await isVisible()).toBe(true);
    });

    test('ends with the session, and leaves nothing behind', async () => {
      test.skip(process.platform === 'win32', 'there is no SIGTERM on Windows');
      await quit(async () => app.process().kill('SIGTERM'));
    });
  });
