import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { servicePort } from '../counterparts/service-port.ts';
import { alertLines, environmentFor, type Program, startProgram, until } from '../program.ts';

/** A minute of the market per real second, so that five flat minutes take five seconds. */
const SPEED = 60;
const POLL_SECONDS = 10;
const STEP_MS = 10_000;

test.use({ contextOptions: { reducedMotion: 'no-preference' } });

let folder: string;
let market: DemoServer;
let program: Program;
let origin: number;
/** The same after a restart, so that a page finds the program again. */
let flags: readonly string[];
/** Prices of bitcoin follow each other in the market's time, however long a machine takes for each. */
let step = 0;

/** One program for all tests. Bitcoin's price changes only when a test changes it: no other test raises an alert. */
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'page-test-'));
  origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  market = await startDemoServer({
    clock: scaledClock(SPEED, origin),
    seed: 'page',
    jumpsPerDay: 0,
    record: true,
  });
  flags = ['--port', String(await servicePort())];
  market.setPrice('bitcoin', { price: 60_000, lastUpdatedAt: origin });
  await start();
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const time = { speed: SPEED, origin, pollSeconds: POLL_SECONDS };
  program = await startProgram(environmentFor(folder, market.url, time), flags);
}

const card = (page: Page, coin: string) => page.locator(`[data-testid="price-card"][data-coin="${coin}"]`);

async function serveBitcoin(price: number): Promise<void> {
  step += 1;
  const lastUpdatedAt = origin + step * STEP_MS;
  market.setPrice('bitcoin', { price, lastUpdatedAt });
  await until(() =>
    market.served().some((one) => one.coinId === 'bitcoin' && one.lastUpdatedAt === lastUpdatedAt),
  );
}

test('shows prices, labels them as simulated, and does not violate its own policy', async ({ page }) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await serveBitcoin(60_234.5);
  await page.goto(program.url);
  await expect(page).toHaveURL(new URL('/', program.url).href);
  await expect(card(page, 'bitcoin')).toContainText('$60,234.50');
  await expect(page.getByTestId('price-card')).toHaveCount(3);
  await expect(page.getByTestId('simulated')).toBeVisible();
  await expect(page).toHaveTitle(/60,234\.50/);
  await expect(page.getByTestId('candle-chart')).toBeVisible();
  await expect(page.getByTestId('status-line')).toContainText('Live');
  await expect(page.getByTestId('status-line')).toContainText('PostgreSQL ready');
  expect(complaints).toEqual([]);
});

test('shows one alert for a rise of 3%, without a reload', async ({ page }) => {
  await page.goto(program.url);
  for (let count = 1; count <= 31; count++) await serveBitcoin(60_000);
  await expect(card(page, 'bitcoin')).toContainText('$60,000');
  await expect(page.getByTestId('alert-item')).toHaveCount(0);
  await serveBitcoin(61_800);
  await expect(page.getByTestId('alert-item')).toHaveCount(1);
  await expect(page.getByTestId('alert-item')).toContainText('Bitcoin');
  await expect(page.getByTestId('alert-item')).toContainText('3.00');
  await serveBitcoin(61_850);
  await expect(card(page, 'bitcoin')).toContainText('$61,850');
  await expect(page.getByTestId('alert-item')).toHaveCount(1);
  // The page does not wait for the disk.
  await expect.poll(() => alertLines(folder)).toHaveLength(1);
  // A page that is opened later shows it too.
  await page.reload();
  await expect(page.getByTestId('alert-item')).toHaveCount(1);
});

test('shows candles of every interval', async ({ page }) => {
  await page.goto(program.url);
  // Its newest candle is always that of the market's present; bitcoin's scripted price leaves the view of 1m.
  await card(page, 'ethereum').click();
  for (const interval of ['1m', '5m', '15m', '1h', '4h', '1d', '1w']) {
    await page.getByText(interval, { exact: true }).click();
    await expect(page.getByTestId('candle-chart')).toBeVisible();
    await expect(
      page.getByTestId('candle-chart').locator('.recharts-yAxis-tick-labels text').first(),
    ).toBeAttached();
  }
});

test('marks old prices when the provider fails, and recovers by itself', async ({ page }) => {
  await page.goto(program.url);
  await expect(page.getByTestId('status-line')).toContainText('Live');
  market.setFault({ endpoint: '/simple/price', fault: { kind: 'status', status: 503 } });
  await expect(page.getByTestId('status-line')).toContainText('Offline');
  await expect(page.getByTestId('status-line')).toContainText('503');
  market.clearFaults();
  market.setFault({
    endpoint: '/simple/price',
    fault: { kind: 'status', status: 429, retryAfterSeconds: 120 },
    times: 1,
  });
  await expect(page.getByTestId('status-line')).toContainText(/rate.?limited/i);
  await expect(page.getByTestId('status-line')).toContainText('Live');
});

test('reconnects after a restart, with the alerts and the candles', async ({ page }) => {
  await page.goto(program.url);
  await expect(page.getByTestId('status-line')).toContainText('PostgreSQL ready');
  await program.end('SIGTERM');
  await expect(page.getByTestId('connection-lost')).toBeVisible();
  await start();
  await expect(page.getByTestId('connection-lost')).toBeHidden();
  await expect(page.getByTestId('status-line')).toContainText('Live');
});
