import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, type Program, runCli, startProgram } from '../program.ts';
import { accessibilityViolations } from './accessibility.ts';

let folder: string;
let market: DemoServer;
let program: Program;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'transfer-test-'));
  const origin = Date.now();
  market = await startDemoServer({ clock: scaledClock(1, origin), seed: 'transfer' });
  program = await startProgram(environmentFor(folder, market.url, { speed: 1, origin, pollSeconds: 60 }));
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

test.beforeEach(async ({ page }) => {
  await page.goto(program.url);
  await expect(page.locator('[data-part="database"]')).toHaveAttribute('data-tone', 'good');
  await page.getByRole('button', { name: 'Import, export and backup' }).click();
});

/** Candles of hours of January 2020, as lines of an export. */
const HOURS = Array.from({ length: 600 }, (_, hour) => {
  const bucket = new Date(Date.UTC(2020, 0, 1, hour)).toISOString();
  return `${bucket},${100 + hour},${102 + hour},${99 + hour},${101 + hour},${hour}.5`;
});
const HEADER = 'bucket,open,high,low,close,volume';

const choose = (page: Page, direction: string) => page.getByText(direction, { exact: true }).first().click();

async function importFile(page: Page, name: string, text: string): Promise<void> {
  await choose(page, 'Import');
  const chooser = page.waitForEvent('filechooser');
  await page.getByTestId('transfer-file').click();
  await (await chooser).setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: 'Import', exact: true }).click();
}

test('imports candles, and exports the same bytes', async ({ page }) => {
  const file = `${[HEADER, ...HOURS].join('\n')}\n`;
  await importFile(page, 'hours.csv', file);
  const outcome = page.getByTestId('transfer-outcome');
  await expect(outcome).toContainText('600 rows: 600 new, 0 already stored, 0 refused', { timeout: 120_000 });
  await expect(outcome).toContainText('2020-01-01T00:00:00.000Z');

  await choose(page, 'Export');
  await page.getByLabel('From (UTC)').fill('2020-01-01');
  await page.getByLabel('To (UTC)').fill('2020-01-25');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('bitcoin-candles-1h.csv');
  expect(readFileSync(await saved.path(), 'utf8')).toBe(file);
  await expect(outcome).toContainText('bitcoin-candles-1h.csv is complete');
});

test('backs up the whole database to a file that can be restored', async ({ page }) => {
  await choose(page, 'Backup');
  const download = page.waitForEvent('download', { timeout: 120_000 });
  await page.getByRole('button', { name: 'Back up now' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^prices-\d{4}-\d\d-\d\d\.cpmbackup$/);
  await expect(page.getByTestId('transfer-outcome')).toContainText('To restore it, stop the program and run');
  const verified = await runCli(['backup', 'verify', await saved.path()]);
  expect(verified).toMatchObject({ code: 0, stderr: '' });
  expect(verified.stdout).toMatch(/ rows/);
});

test('reports invalid lines, and an unsupported file', async ({ page }) => {
  const [first = '', second = ''] = HOURS;
  const wrong = '2019-12-31T00:00:00Z,5,4,6,5,1';
  await importFile(page, 'hours.csv', `${[HEADER, first, wrong, second].join('\n')}\n`);
  const outcome = page.getByTestId('transfer-outcome');
  await expect(outcome).toContainText('Line 3: high 4 is below low 6', { timeout: 120_000 });
  await expect(outcome).toContainText('1 refused');

  await page.reload();
  await page.getByRole('button', { name: 'Import, export and backup' }).click();
  await importFile(page, 'picture.csv', '\u0000\u0001\u0002\u0000');
  await expect(outcome).toHaveAttribute('role', 'alert', { timeout: 120_000 });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('cancels an import, and needs a confirmation to leave the dialog during one', async ({ page }) => {
  // Large enough that the import is still running when it is cancelled.
  const start = Date.UTC(2019, 0, 1);
  const ticks = Array.from(
    { length: 400_000 },
    (_, index) => `${start + index * 1_000},${100 + (index % 7)}`,
  );
  await choose(page, 'Import');
  await page.getByLabel('Data').selectOption('ticks');
  await importFile(page, 'ticks.csv', `${['observed_at,price', ...ticks].join('\n')}\n`);
  await expect(page.getByTestId('transfer-progress')).not.toBeEmpty();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByTestId('transfer-outcome')).toContainText('Cancelled.');
  // The form is ready for the next import.
  await page.getByLabel('Data').selectOption('candles');
  await importFile(page, 'hours.csv', `${[HEADER, ...HOURS.slice(0, 2)].join('\n')}\n`);
  await expect(page.getByTestId('transfer-outcome')).toContainText('0 refused', { timeout: 120_000 });
});

test('is accessible, and rejects an export with its end before its beginning', async ({ page }) => {
  await page.getByLabel('From (UTC)').fill('2020-02-01');
  await page.getByLabel('To (UTC)').fill('2020-01-01');
  await expect(page.getByText('The end is before the beginning.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Export', exact: true })).toBeDisabled();
  for (const direction of ['Export', 'Import', 'Backup']) {
    await choose(page, direction);
    expect(await accessibilityViolations(page, { within: '[role="dialog"]' })).toEqual([]);
  }
});
