import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { Place } from '../../shared/contract/place.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import { environmentFor, type Program, startProgram } from '../program.ts';

/** The API of the preload script, over the browser host's socket instead of IPC, which counts the calls to hide the window. */
const DESKTOP_HOST = `
  const socket = new WebSocket('ws://' + location.host + '/api');
  const opened = new Promise((resolve) => socket.addEventListener('open', resolve));
  const waiting = new Map();
  const listeners = new Set();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(data);
    if ('event' in message) for (const listener of listeners) listener(message);
    else waiting.get(message.id)?.(message);
  });
  window.monitorBridge = {
    request: (request) => opened.then(() => new Promise((resolve) => {
      waiting.set(request.id, resolve);
      socket.send(JSON.stringify(request));
    })),
    subscribe: (listener) => { listeners.add(listener); return () => listeners.delete(listener); },
    onConnection: (listener) => { listener(true); return () => undefined; },
    hideWindow: () => { window.timesHidden += 1; },
  };
  window.hostShows = (payload) => { for (const listener of listeners) listener({ event: 'show', payload }); };
  window.timesHidden = 0;
`;

let folder: string;
let market: DemoServer;
let program: Program;

/** One program for all tests: only the settings outlast a page, and only the last test changes them. */
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'desktop-page-test-'));
  // In real time, because these tests do not wait for prices, and faster ones would redraw the page constantly.
  market = await startDemoServer({ clock: systemClock, seed: 'desktop-page', jumpsPerDay: 0 });
  program = await startProgram(
    environmentFor(folder, market.url, { speed: 1, origin: Date.now(), pollSeconds: 20 }),
  );
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

test.beforeEach(async ({ page }) => {
  await page.addInitScript({ content: DESKTOP_HOST });
  await page.goto(program.url);
  await expect(page.getByTestId('price-card')).toHaveCount(3);
});

const show = (page: Page, place: Place): Promise<void> =>
  page.evaluate(
    (shown) => (globalThis as unknown as { hostShows(place: unknown): void }).hostShows(shown),
    place,
  );
const timesHidden = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { timesHidden: number }).timesHidden);

test('shows the part, the coin and the alert that the tray requests', async ({ page }) => {
  for (const part of ['prices', 'chart', 'alerts'] as const) {
    await show(page, { kind: 'part', part });
    await expect(page.locator(`[data-place="${part}"]`)).toBeFocused();
  }
  await show(page, { kind: 'coin', coinId: 'zcash' });
  await expect(page.locator('[data-place="chart"] h2')).toContainText('Zcash');
  const alert: Alert = {
    id: 'moving-average:coingecko:ethereum:usd:1',
    rule: 'moving-average',
    coinId: 'ethereum',
    vsCurrency: 'usd',
    source: 'coingecko',
    observedAt: Date.now() - 6 * 3_600_000,
    price: 3_000,
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'warning',
    direction: 'up',
    figures: { average: 2_900, changePct: 3.4 },
  };
  await show(page, { kind: 'alert', alert });
  await expect(page.locator('[data-place="chart"] h2')).toContainText('Ethereum');
  await expect(page.getByText('Live →')).toBeVisible();
  await show(page, { kind: 'part', part: 'settings' });
  await expect(page.getByRole('dialog')).toBeVisible();
  await show(page, { kind: 'coin', coinId: 'zcash' });
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('passes Escape to an open dialog first, and then to the window', async ({ page }) => {
  await show(page, { kind: 'part', part: 'settings' });
  await expect(page.getByTestId('setting-quietHours')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(await timesHidden(page)).toBe(0);
  await page.keyboard.press('Escape');
  expect(await timesHidden(page)).toBe(1);
});

test('restores the focus after the settings, also when they are requested twice', async ({ page }) => {
  await show(page, { kind: 'part', part: 'alerts' });
  await show(page, { kind: 'part', part: 'settings' });
  await expect(page.getByTestId('setting-quietHours')).toBeVisible();
  await show(page, { kind: 'part', part: 'settings' });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.locator('[data-place="alerts"]')).toBeFocused();
});

test('saves the settings of the desktop app', async ({ page }) => {
  await show(page, { kind: 'part', part: 'settings' });
  await page.getByTestId('setting-quietHours').fill('22:00-7');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toContainText('Must be two times of day');
  await page.getByTestId('setting-quietHours').fill('22:00-07:00');
  await page.getByLabel('Sound with notifications').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await show(page, { kind: 'part', part: 'settings' });
  await expect(page.getByTestId('setting-quietHours')).toHaveValue('22:00-07:00');
  await expect(page.getByLabel('Sound with notifications')).toBeChecked();
});
