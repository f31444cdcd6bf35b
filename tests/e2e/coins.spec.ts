import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings/settings.ts';
import { environmentFor, openPage, type Program, startProgram } from '../program.ts';

let folder: string;
let market: DemoServer;
let program: Program;

/** One program for all tests, which each begin with the default coins and currency. */
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coins-test-'));
  // In real time, because these tests do not wait for prices, and faster ones would redraw the page constantly.
  market = await startDemoServer({ clock: systemClock, seed: 'coins' });
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
  const { coins, vsCurrency } = DEFAULT_SETTINGS;
  const other = await openPage(program.url);
  await other.call('settings.set', { coins, vsCurrency });
  other.close();
  await page.goto(program.url);
});

const card = (page: Page, coin: string) => page.locator(`[data-testid="price-card"][data-coin="${coin}"]`);

const cards = (page: Page) =>
  page.getByTestId('price-card').evaluateAll((all) => all.map((card) => card.getAttribute('data-coin')));

test('finds a coin by its symbol, adds it, moves it and removes another', async ({ page }) => {
  await page.getByRole('button', { name: 'Settings' }).click();
  const field = page.getByTestId('setting-coins');
  await field.fill('link');
  await expect(page.getByTestId('found-coin').first()).toContainText('Chainlink');
  await field.press('Enter');
  const chosen = page.getByRole('list', { name: 'Watched coins' }).getByRole('listitem');
  await expect(chosen).toHaveCount(4);
  for (let step = 0; step < 3; step++) await page.getByRole('button', { name: 'Move up chainlink' }).click();
  await page.getByRole('button', { name: 'Remove ethereum' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => cards(page)).toEqual(['chainlink', 'bitcoin', 'zcash']);
  await expect(card(page, 'chainlink')).toContainText('$');
});

test('rejects an unknown coin id, and suggests a similar one', async ({ page }) => {
  await page.getByRole('button', { name: 'Settings' }).click();
  const field = page.getByTestId('setting-coins');
  await field.fill('bitconi');
  await expect(page.getByText('No coin has this name.')).toBeVisible();
  await field.press('Enter');
  await page.getByRole('button', { name: 'Remove bitcoin' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toContainText('"bitconi" is not a CoinGecko coin id.');
  await expect(field).toBeFocused();
  expect(await cards(page)).toEqual(['bitcoin', 'ethereum', 'zcash']);
  await page.getByRole('button', { name: 'Use bitcoin' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect.poll(() => cards(page)).toEqual(['ethereum', 'zcash', 'bitcoin']);
});

test('moves a coin by dragging, and lists the supported currencies', async ({ page }) => {
  await page.getByRole('button', { name: 'Settings' }).click();
  const chosen = page.getByRole('list', { name: 'Watched coins' }).getByRole('listitem');
  await chosen.nth(2).dragTo(chosen.nth(0));
  await expect(chosen.first()).toContainText('zcash');
  const currency = page.getByTestId('setting-vsCurrency');
  await currency.fill('xyz');
  await expect(page.getByText('CoinGecko has no prices in this currency.')).toBeVisible();
  await currency.fill('eu');
  await page.getByRole('option', { name: 'eur' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(card(page, 'zcash')).toContainText('€');
  await expect.poll(() => cards(page)).toEqual(['zcash', 'bitcoin', 'ethereum']);
});

test('shows the poll interval, the number of calls, and the reason', async ({ page }) => {
  await page.getByRole('button', { name: /^Every 20\s/ }).click();
  await expect(page.getByTestId('status-line')).toContainText(
    /CoinGecko without a key: \d+ calls? used this month\. Prices every 20\ss: your own choice\./,
  );
});
