import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, type Program, startProgram } from '../program.ts';
import { accessibilityViolations } from './accessibility.ts';
import { collidingTexts, cutTexts } from './text-boxes.ts';

test.describe.configure({ mode: 'serial' });

/** Fast enough that a price becomes old within seconds, and slow enough that the page is not redrawn constantly. */
const SPEED = 10;
/** Enough coins for the list layout, with tiny and huge prices among them. */
const MORE_COINS =
  'solana dogecoin cardano litecoin monero chainlink polkadot tron stellar ripple binancecoin tether';

let folder: string;
let market: DemoServer;
let program: Program;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'accessible-test-'));
  const origin = Date.now();
  market = await startDemoServer({ clock: scaledClock(SPEED, origin), seed: 'accessible', jumpsPerDay: 0 });
  program = await startProgram(
    environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: 20 }),
    [],
  );
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(page: Page): Promise<void> {
  await page.goto(program.url);
  await expect(page.getByTestId('candle-chart')).toBeVisible();
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`violates no accessibility rule, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Everything except colour is the same in both schemes.
    const only = colorScheme === 'dark' ? 'color-contrast' : undefined;
    await open(page);
    expect(await accessibilityViolations(page, { only })).toEqual([]);

    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByTestId('setting-coins').fill('link');
    await expect(page.getByTestId('found-coin').first()).toBeVisible();
    expect(await accessibilityViolations(page, { only })).toEqual([]);
    await page.getByTestId('setting-coins').fill('');
    await page.getByTestId('setting-vsCurrency').fill('xyz');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('CoinGecko has no prices in this currency.')).toBeVisible();
    expect(await accessibilityViolations(page, { only })).toEqual([]);
    await page.getByRole('button', { name: 'Close settings' }).click();
    const question = page.getByRole('dialog', { name: 'Discard your changes?' });
    await expect(question).toBeVisible();
    await question.evaluate((dialog) => dialog.setAttribute('data-question', ''));
    // Only the dialog is checked: the page behind it is covered and inert.
    expect(await accessibilityViolations(page, { only, within: '[data-question]' })).toEqual([]);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`violates no accessibility rule in rules and history, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const only = colorScheme === 'dark' ? 'color-contrast' : undefined;
    await open(page);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByTestId('alert-filter-severity').selectOption('critical');
    expect(await accessibilityViolations(page, { only })).toEqual([]);

    await page.getByRole('button', { name: 'Rules', exact: true }).click();
    await expect(page.getByTestId('rule').first()).toBeVisible();
    expect(await accessibilityViolations(page, { only })).toEqual([]);
    await page.getByRole('button', { name: 'Add a rule' }).click();
    expect(await accessibilityViolations(page, { only })).toEqual([]);
    await page.getByRole('button', { name: 'Crosses a level' }).click();
    await page.getByTestId('rule-field-level').fill('1');
    await expect(page.getByTestId('rule-holds')).toBeVisible();
    expect(await accessibilityViolations(page, { only })).toEqual([]);
  });
}

/** Presses Tab until this element has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let press = 0; press < 60; press++) {
    if (await wanted.evaluate((element) => element.matches(':focus'))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(
    `Tab does not reach the element; the focus is on ${await page.locator(':focus').innerText()}`,
  );
}

test('creates, tests, mutes and removes a channel with only the keyboard', async ({ page }) => {
  await open(page);
  await tabTo(page, page.getByRole('button', { name: 'Channels', exact: true }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByTestId('add-channel'));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByTestId('channel-kind'));
  await page.keyboard.type('File');
  await expect(page.getByTestId('channel-kind')).toHaveValue('file');
  await tabTo(page, page.getByTestId('channel-id'));
  await page.keyboard.type('Copy');
  await page.keyboard.press('Enter');
  // The invalid field has the focus.
  await expect(page.getByTestId('channel-id')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('copy');
  await tabTo(page, page.getByTestId('option-path'));
  await page.keyboard.type('copy.txt');
  await page.keyboard.press('Enter');
  const row = page.getByTestId('channel-copy');
  for (const [name, outcome] of [
    ['Send a test alert to copy', /The test alert was delivered in/],
    ['Mute copy for 1 hour', /Unmute/],
    ['Unmute copy', /Mute for 1 hour/],
  ] as const) {
    await tabTo(page, row.getByRole('button', { name, exact: true }));
    await page.keyboard.press('Enter');
    await expect(row).toContainText(outcome);
  }
  await tabTo(page, row.getByRole('button', { name: 'Remove copy' }));
  await page.keyboard.press('Enter');
  await expect(row).toContainText('Confirm removal');
  await page.keyboard.press('Enter');
  await expect(row).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('creates a rule with only the keyboard', async ({ page }) => {
  await open(page);
  await tabTo(page, page.getByRole('button', { name: 'Rules', exact: true }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Add a rule' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Moved 5% in an hour' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByTestId('rule-field-changePct'));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('7');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-testid="rule"][data-rule="moved-in-an-hour"]')).toContainText('7%');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('shows selections and states by shape in forced colours', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await open(page);
  const card = (coin: string) => page.locator(`[data-testid="price-card"][data-coin="${coin}"]`);
  const LOOK = `const { outlineStyle, backgroundColor } = getComputedStyle(element, pseudo || null);
    return [outlineStyle, backgroundColor];`;
  const look = (found: Locator, pseudo = ''): Promise<readonly string[]> =>
    found.evaluate(
      (element, [source, name]) => new Function('element', 'pseudo', source)(element, name) as string[],
      [LOOK, pseudo] as const,
    );
  // In forced colours, backgrounds are painted in one colour, even if the computed values differ.
  const [chosen, other] = [await look(card('bitcoin')), await look(card('zcash'))];
  expect(chosen[0]).not.toBe(other[0]);
  const interval = (name: string) => page.locator('label').filter({ hasText: new RegExp(`^${name}$`) });
  const [minute, minutes] = [await look(interval('1m')), await look(interval('5m'))];
  expect(minute[0]).not.toBe(minutes[0]);
  const [, mark] = await look(page.getByTestId('connection'), '::before');
  const [, ground] = await look(page.locator('header').first());
  expect(mark).not.toBe(ground);

  await page.getByRole('button', { name: 'Rules', exact: true }).click();
  // Otherwise the browser draws a background behind text, which would cover the fill of a button.
  const label = page.getByRole('button', { name: 'Add a rule' });
  await expect(label).toHaveCSS('forced-color-adjust', 'none');
  const track = page.getByTestId('rule').first().locator('.mantine-Switch-track');
  await expect(track).toHaveCSS('border-top-style', 'solid');
});

test('has unique accessible names as a list with old prices', async ({ page }) => {
  // Without animation, because the colour that briefly highlights a changed price is not checked.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByTestId('setting-coins').fill(MORE_COINS);
  await page.getByTestId('setting-coins').press('Enter');
  await page.getByRole('button', { name: 'Save' }).click();
  const rows = page.getByTestId('price-card');
  await expect(rows).toHaveCount(15);
  await expect(rows.last()).toContainText('$');
  expect(await accessibilityViolations(page)).toEqual([]);
  market.setPrice('bitcoin', { price: 987_654_321.12 });
  market.setPrice('ethereum', { price: 1.5e-15 });
  await expect(rows.first()).toContainText('987,654,321');
  await expect(rows.first()).toContainText('old');
  await expect(rows.nth(1)).toContainText('$0.0₁₄1500');
  market.setFault({ endpoint: '*', fault: { kind: 'status', status: 503 } });
  await expect(page.getByTestId('status-line')).toContainText('Offline');
  expect(await accessibilityViolations(page)).toEqual([]);
  for (const width of [1_000, 390]) {
    await page.setViewportSize({ width, height: 800 });
    for (const row of (await rows.all()).slice(0, 6)) {
      expect(await cutTexts(row)).toEqual([]);
      expect(await collidingTexts(row)).toEqual([]);
    }
  }
});
