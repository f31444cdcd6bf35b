import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ElectronApplication, _electron as electron, expect, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/clock.ts';
import { claimDataDir } from '../../electron/monitor/data-dir.ts';
import { findAppHost } from '../../scripts/app-host.ts';
import { alertLines, environmentFor, until } from '../program.ts';

/** A minute of the market in a real second, so that five flat minutes take five. */
const SPEED = 60;
const POLL_SECONDS = 10;
const STEP_MS = 10_000;
const ROOT = join(import.meta.dirname, '../..');

const host = findAppHost();
const reason = host.kind === 'browser' ? ` (skipped: ${host.missing.toLowerCase()})` : '';

/** What the operating system was asked to show. */
type Seen = { notifications: string[]; images: number; toolTips: string[] };

let folder: string;
let market: DemoServer;
let origin: number;
let app: ElectronApplication;
let page: Page;

test.describe(`the desktop app${reason}`, () => {
  test.skip(host.kind === 'browser', reason);

  test.beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'desktop-test-'));
    origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
    market = await startDemoServer({
      clock: scaledClock(SPEED, origin),
      seed: 'desktop',
      jumpsPerDay: 0,
      record: true,
    });
    market.setPrice('bitcoin', { price: 60_000, lastUpdatedAt: origin });
    app = await electron.launch(launchOptions());
    page = await app.firstWindow();
  });

  test.afterEach(async () => {
    await app.close();
    await market.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function launchOptions() {
    const time = { speed: SPEED, origin, pollSeconds: POLL_SECONDS };
    const { PATH = '', HOME = '', DISPLAY = '', WAYLAND_DISPLAY = '', XDG_RUNTIME_DIR = '' } = process.env;
    return {
      ...(host.kind === 'desktop' ? { executablePath: host.binary } : {}),
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ROOT],
      env: {
        PATH,
        HOME,
        DISPLAY,
        WAYLAND_DISPLAY,
        XDG_RUNTIME_DIR,
        ...environmentFor(folder, market.url, time),
      },
    };
  }

  const isVisible = (): Promise<boolean> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);

  async function serveBitcoin(price: number, step: number): Promise<void> {
    const lastUpdatedAt = origin + step * STEP_MS;
    market.setPrice('bitcoin', { price, lastUpdatedAt });
    await until(() =>
      market.served().some((one) => one.coinId === 'bitcoin' && one.lastUpdatedAt === lastUpdatedAt),
    );
  }

  test('shows its first price from files of its own, under its own policy', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await expect(page.getByTestId('price-card').first()).toContainText('$60,000');
    expect(page.url()).toBe('app://monitor/');
    await expect(page.getByTestId('status-line')).toContainText('PostgreSQL ready');
    expect(await page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
    expect(complaints).toEqual([]);
  });

  test('is hidden by closing and by Escape, and comes back as it was, without loading anything', async () => {
    await expect(page.getByTestId('price-card').first()).toContainText('$');
    await page.keyboard.press('Escape');
    await expect.poll(isVisible).toBe(false);
    const second = await electron.launch(launchOptions()).catch(() => null); // it ends by itself
    await second?.close();
    await expect.poll(isVisible).toBe(true);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(isVisible).toBe(false);
    await page.locator('body').evaluate((body) => body.setAttribute('data-kept', 'yes'));
    await app.evaluate(({ app: electronApp }) => electronApp.emit('activate'));
    await expect.poll(isVisible).toBe(true);
    await expect(page.locator('body')).toHaveAttribute('data-kept', 'yes');
    expect(app.windows()).toHaveLength(1);
  });

  test('goes to each part of the page by its key', async () => {
    await expect(page.getByTestId('price-card').first()).toContainText('$');
    const press = (keyCode: string): Promise<void> =>
      app.evaluate(({ Menu }, key) => {
        const items = Menu.getApplicationMenu()?.items.flatMap((item) => item.submenu?.items ?? []);
        items?.find(({ accelerator }) => accelerator === `CommandOrControl+${key}`)?.click();
      }, keyCode);
    await press('3');
    await expect(page.locator('[data-place="alerts"]')).toBeFocused();
    await press(',');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    expect(await isVisible()).toBe(true);
  });

  test('tells an alert by a notification and the tray, once, and leaves nothing behind when it quits', async () => {
    await expect(page.getByTestId('price-card').first()).toContainText('$60,000');
    await app.evaluate(({ BrowserWindow, Notification, Tray }) => {
      const seen: Seen = { notifications: [], images: 0, toolTips: [] };
      Object.assign(globalThis, { seen });
      const { show } = Notification.prototype;
      Notification.prototype.show = function () {
        seen.notifications.push(this.title);
        show.call(this);
      };
      const { setImage, setToolTip } = Tray.prototype;
      Tray.prototype.setImage = function (image) {
        seen.images += 1;
        setImage.call(this, image);
      };
      Tray.prototype.setToolTip = function (text) {
        seen.toolTips.push(text);
        setToolTip.call(this, text);
      };
      BrowserWindow.getAllWindows()[0]?.close();
    });
    for (let step = 1; step <= 31; step++) await serveBitcoin(60_000, step);
    await serveBitcoin(61_800, 32);
    await expect(page.getByTestId('alert-item')).toHaveCount(1);
    expect(alertLines(folder)).toHaveLength(1);
    const seen = (): Promise<Seen> => app.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
    await expect.poll(async () => (await seen()).notifications.join()).toContain('Bitcoin ▲');
    await expect.poll(async () => (await seen()).images).toBe(1);
    expect((await seen()).toolTips.join()).toContain('$61,800');
    const ended = new Promise((resolve) => app.process().once('exit', resolve));
    await app.evaluate(({ app: electronApp }) => electronApp.quit());
    await ended;
    claimDataDir(folder).release();
  });
});
