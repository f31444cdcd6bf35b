import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, type Program, startProgram } from '../program.ts';

/** One program for all tests, which exits in the last ones. */
test.describe.configure({ mode: 'serial' });

let folder: string;
let market: DemoServer;
let program: Program;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'settings-test-'));
  // In real time, because these tests do not wait for prices, and faster ones would redraw the page constantly.
  market = await startDemoServer({ clock: systemClock, seed: 'settings' });
  program = await startProgram(
    environmentFor(folder, market.url, { speed: 1, origin: Date.now(), pollSeconds: 20 }),
  );
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

const field = (page: Page, name: string): Locator => page.getByTestId(`setting-${name}`);
const dialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Settings' });
const question = (page: Page): Locator => page.getByRole('dialog', { name: 'Discard your changes?' });
const save = (page: Page): Promise<void> => page.getByRole('button', { name: 'Save' }).click();

async function openSettings(page: Page): Promise<void> {
  // A small window in which most fields and the save button are not visible together.
  await page.setViewportSize({ width: 900, height: 460 });
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(field(page, 'coins')).toBeVisible();
}

const savedSettings = (): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as Record<string, unknown>;
  } catch {
    return {}; // not written yet
  }
};

test('requires the password again when the database server changes', async ({ page }) => {
  await openSettings(page);
  await field(page, 'databaseUrl').fill('postgresql://me:hush@127.0.0.1:1/prices');
  await save(page);
  await expect(dialog(page)).toContainText('Takes effect at the next start');
  await expect(field(page, 'databaseUrl')).toHaveValue('postgresql://me:***@127.0.0.1:1/prices');

  await field(page, 'databaseUrl').fill('postgresql://me:***@db.example/prices');
  await save(page);
  await expect(dialog(page)).toContainText(
    'The password was stored for 127.0.0.1:1 and is not sent to db.example:5432. Write the password for this server',
  );
  await expect(field(page, 'databaseUrl')).toBeFocused();
  expect(savedSettings().databaseUrl).toBe('postgresql://me:hush@127.0.0.1:1/prices');

  await field(page, 'databaseUrl').fill('');
  await save(page);
  await expect.poll(() => savedSettings().databaseUrl).toBe('');
});

for (const [name, typed, message] of [
  ['vsCurrency', 'xyz', 'CoinGecko has no prices in this currency.'],
  ['alertThresholdPct', '0.0001', 'Must be at least 0.01'],
  ['quietHours', '22:00-22:00', 'Must not start and end at the same time'],
  ['alertsFile', '/no/such/folder/alerts.txt', 'The folder /no/such/folder does not exist.'],
] as const) {
  test(`refuses ${name} ${typed}, shows the reason and moves the focus to the field`, async ({ page }) => {
    await openSettings(page);
    await field(page, name).fill(typed);
    await save(page);
    await expect(dialog(page).getByText(message)).toBeInViewport();
    await expect(field(page, name)).toBeFocused();
    await expect(field(page, name)).toBeInViewport();
    await expect(dialog(page)).toBeVisible();
    expect(savedSettings()[name]).toBeUndefined();
  });
}

test('keeps the focus in the field that is being corrected while another is still invalid', async ({
  page,
}) => {
  await openSettings(page);
  await field(page, 'alertThresholdPct').fill('0.0001');
  await field(page, 'quietHours').fill('22:00-22:00');
  await save(page);
  await expect(field(page, 'alertThresholdPct')).toBeFocused();
  await field(page, 'quietHours').fill('');
  await field(page, 'quietHours').pressSequentially('22:00-07:00');
  await expect(field(page, 'quietHours')).toHaveValue('22:00-07:00');
  await expect(field(page, 'quietHours')).toBeFocused();
  await expect(dialog(page)).toContainText('Must be at least 0.01');
});

test('refuses to remove the tray’s coin, and to save with a typed coin that was not added', async ({
  page,
}) => {
  await openSettings(page);
  await field(page, 'trayCoin').selectOption('zcash');
  await page.getByRole('button', { name: 'Remove zcash' }).click();
  await save(page);
  await expect(dialog(page)).toContainText('"zcash" is not one of the coins above');
  await expect(field(page, 'trayCoin')).toBeFocused();
  await field(page, 'trayCoin').selectOption('');
  await field(page, 'coins').fill('no such coin');
  await save(page);
  await expect(dialog(page)).toContainText('“no such coin” is not added yet');
  await expect(field(page, 'coins')).toBeFocused();
});

test('needs a confirmation to discard unsaved changes, however it is closed, and restores the focus', async ({
  page,
}) => {
  const opener = page.getByRole('button', { name: 'Settings', exact: true });
  await openSettings(page);
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await expect(opener).toBeFocused();

  await page.keyboard.press('Enter');
  await field(page, 'alertThresholdPct').fill('3');
  const ways = [
    () => page.keyboard.press('Escape'),
    () => page.getByRole('button', { name: 'Close', exact: true }).click(),
    () => page.getByRole('button', { name: 'Close settings' }).click(),
    () => page.mouse.click(5, 450),
  ];
  for (const leave of ways) {
    await leave();
    await expect(question(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(question(page)).toBeHidden();
    await expect(field(page, 'alertThresholdPct')).toHaveValue('3');
  }
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.click();
  await expect(field(page, 'alertThresholdPct')).toHaveValue('2');
});

test('saves changes', async ({ page }) => {
  await openSettings(page);
  await field(page, 'alertThresholdPct').fill('2.5');
  await save(page);
  await expect(dialog(page)).toBeHidden();
  expect(savedSettings()).toMatchObject({ alertThresholdPct: 2.5 });
});

test('saves and applies the settings of market moves and of inhibition', async ({ page }) => {
  await openSettings(page);
  await field(page, 'marketAlerts.sharePct').fill('400');
  await save(page);
  await expect(dialog(page)).toContainText('Must be at most 100');
  await expect(field(page, 'marketAlerts.sharePct')).toBeFocused();
  await field(page, 'marketAlerts.sharePct').fill('60');
  await field(page, 'inhibition.leadingCoin').selectOption('ethereum');
  await field(page, 'marketAlerts.enabled').uncheck();
  await field(page, 'inhibition.enabled').uncheck();
  await save(page);
  await expect(dialog(page)).toBeHidden();
  expect(savedSettings()).toMatchObject({
    marketAlerts: { enabled: false, sharePct: 60, withinSeconds: 60 },
    inhibition: { enabled: false, leadingCoin: 'ethereum', score: 4, floorPct: 0.4 },
  });
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(field(page, 'inhibition.enabled')).not.toBeChecked();
  await expect(field(page, 'inhibition.leadingCoin')).toHaveValue('ethereum');
});

test('does not revert changes that another page has saved meanwhile', async ({ page, context }) => {
  await openSettings(page);
  await field(page, 'quietHours').fill('23:00-06:00');
  const other = await context.newPage();
  await openSettings(other);
  await field(other, 'alertWindowMinutes').fill('7');
  await field(other, 'coins').fill('solana');
  await other.getByTestId('found-coin').first().click();
  await save(other);
  await expect(dialog(other)).toBeHidden();

  await field(page, 'coins').fill('dogecoin');
  await page.getByTestId('found-coin').first().click();
  await save(page);
  await expect(dialog(page)).toBeHidden();
  expect(savedSettings()).toMatchObject({ quietHours: '23:00-06:00', alertWindowMinutes: 7 });
  expect(savedSettings().coins).toEqual(expect.arrayContaining(['solana', 'dogecoin']));
  await other.close();
});

test('can be retried when the code of the settings cannot be loaded', async ({ page }) => {
  const code = /\/settings-dialog[^/]*\.(js|css)$/;
  await page.route(code, (route) => route.abort());
  await page.setViewportSize({ width: 900, height: 460 });
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  const failure = page.getByRole('alert').filter({ hasText: 'The settings could not be shown.' });
  await expect(failure).toBeInViewport();
  await expect(page.getByTestId('price-card').first()).toBeVisible();
  await failure.getByRole('button', { name: 'Try again' }).click();
  await expect(failure).toBeVisible();
  await page.unroute(code);
  await failure.getByRole('button', { name: 'Try again' }).click();
  await expect(field(page, 'coins')).toBeVisible();
  // The dialog has its specified width, so its styles are loaded.
  expect((await dialog(page).boundingBox())?.width).toBe(640);
});

test('opens although the styles of another dialog cannot be loaded', async ({ page }) => {
  const styles = /\/rules-dialog[^/]*\.css$/;
  await page.route(styles, (route) => route.abort());
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Rules', exact: true }).click();
  const failure = page.getByRole('alert').filter({ hasText: 'The rules could not be shown.' });
  await failure.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(field(page, 'coins')).toBeVisible();
});

test('can be retried when the code of the chart cannot be loaded', async ({ page }) => {
  const code = /\/chart-stage[^/]*\.js$/;
  await page.route(code, (route) => route.abort());
  await page.goto(program.url);
  const failure = page.getByRole('alert').filter({ hasText: 'The chart could not be shown.' });
  await expect(failure).toBeVisible();
  await expect(page.getByTestId('price-card').first()).toBeVisible();
  await page.unroute(code);
  await failure.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('candle-chart')).toBeVisible();
});

test('opens the settings after the program has ended, and reports why nothing is saved', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 460 });
  await page.goto(program.url);
  await expect(page.getByTestId('candle-chart')).toBeVisible();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await field(page, 'alertThresholdPct').fill('4');
  await program.end('SIGTERM');
  await save(page);
  const alert = dialog(page).getByRole('alert');
  await expect(alert).toContainText('monitor');
  await expect(alert).toBeInViewport();
  await expect(alert).toBeFocused();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(dialog(page)).toBeVisible();
  await expect(page.getByTestId('price-card').first()).toBeVisible();
});
