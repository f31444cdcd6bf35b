import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { embeddedConnectionUrl } from '../../electron/monitor/store/postgres/embedded-url.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { bucketStart } from '../../shared/domain/interval.ts';
import { databaseClient } from '../database-client.ts';
import { environmentFor, type Program, runCli, startProgram } from '../program.ts';
import { collidingTexts, cutTexts } from './text-boxes.ts';

/** One program for all tests: the first ones run without history, the later ones after a restart with it. */
test.describe.configure({ mode: 'serial' });

const SPEED = 60;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const EXTREME_PRICES = [
  ['bitcoin', 1.234e12],
  ['ethereum', 1.5e-15],
] as const;

let folder: string;
let market: DemoServer;
let program: Program;
let origin: number;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chart-test-'));
  origin = Date.now();
  market = await startDemoServer({ clock: scaledClock(SPEED, origin), seed: 'chart', jumpsPerDay: 0 });
  for (const endpoint of ['/coins/{id}/ohlc', '/coins/{id}/market_chart'] as const) {
    market.setFault({ endpoint, fault: { kind: 'status', status: 503 } });
  }
  market.setFault({ endpoint: '/coins/{id}/market_chart/range', fault: { kind: 'status', status: 503 } });
  for (const [coin, price] of EXTREME_PRICES) market.setPrice(coin, { price });
  // No longer traded: its last price is years old.
  market.setPrice('zcash', { price: 41.25, lastUpdatedAt: origin - 800 * DAY });
  await start();
});

async function start(): Promise<void> {
  program = await startProgram(
    environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: 20 }),
    ['--coins', 'bitcoin,ethereum,zcash,dogecoin,bitcion'],
  );
}

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

const chart = (page: Page): Locator => page.getByTestId('candle-chart');
const readout = (page: Page): Locator => page.getByTestId('chart-readout');
const time = (page: Page): Locator => readout(page).locator('[data-figure="Time"] dd');
const choose = (page: Page, coin: string) =>
  page.locator(`[data-testid="price-card"][data-coin="${coin}"]`).click();
const chooseInterval = (page: Page, interval: string) => page.getByText(interval, { exact: true }).click();

const SIZES = [
  { width: 1_280, height: 800 },
  { width: 390, height: 844 },
];

test('shows prices of any magnitude in full on cards, axes and in the title', async ({ page }) => {
  await page.goto(program.url);
  for (const [coin, value, price, tick] of [
    [...EXTREME_PRICES[0], '$1.2340T', /^1\.23\d+T$/],
    [...EXTREME_PRICES[1], '$0.0₁₄1500', /^0\.0₁₄1\d+$/],
  ] as const) {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await choose(page, coin);
      await expect(page).toHaveTitle(new RegExp(`^\\${price}`));
      // In 1d, the only candle has not closed yet.
      for (const interval of ['1m', '1d']) {
        await chooseInterval(page, interval);
        // Repeated, because an hour passes in a minute, so that on a slow machine the only candle leaves the view of 1m.
        await expect(async () => {
          market.setPrice(coin, { price: value });
          const label = chart(page).locator('text').filter({ hasText: tick }).first();
          await expect(label).toBeVisible({ timeout: 10_000 });
        }).toPass();
        // On a slow machine, the first candle leaves the view of 1m at the left, together with this text.
        const cut = (await cutTexts(chart(page))).filter((text) => text !== 'History begins here');
        expect(cut, interval).toEqual([]);
      }
      for (const card of await page.getByTestId('price-card').all()) {
        expect(await cutTexts(card)).toEqual([]);
        expect(await collidingTexts(card)).toEqual([]);
      }
    }
  }
});

test('shows no made-up axis for a coin that is no longer traded, and dates with their year', async ({
  page,
}) => {
  await page.goto(program.url);
  await choose(page, 'zcash');
  const year = String(new Date(origin - 800 * DAY).getFullYear());
  await expect(time(page)).toContainText(year);
  await expect(chart(page).locator('.recharts-yAxis-tick-labels text')).toHaveCount(0);
  await page.getByRole('button', { name: /^Go to / }).click();
  await expect(chart(page).locator('.recharts-yAxis-tick-labels text').first()).toBeVisible();
  await expect(chart(page)).toContainText('41.2');
  await chooseInterval(page, '1d');
  await page.getByRole('button', { name: /^Go to / }).click();
  await expect(chart(page).locator('.recharts-xAxis-tick-labels text').first()).toContainText(year);
});

test('reports that an unknown coin has no prices, instead of waiting for them', async ({ page }) => {
  await page.goto(program.url);
  await choose(page, 'bitcion');
  await expect(page.locator('[data-place="chart"]')).toContainText('Did you mean "bitcoin"?');
  await expect(page.locator('[data-place="chart"]')).not.toContainText('next price');
});

test('restarts with history', async () => {
  market.clearFaults();
  // Failed history is requested again after an hour, or immediately after a start.
  await program.end('SIGTERM');
  await start();
});

async function withHistory(page: Page): Promise<void> {
  await page.goto(program.url);
  await choose(page, 'dogecoin');
  await chooseInterval(page, '1h');
  await expect(chart(page).locator('.recharts-yAxis-tick-labels text').first()).toBeAttached();
  // Without history, the chart starts at the first start of the program.
  await expect(async () => {
    await chart(page).hover({ position: { x: 100, y: 100 } });
    await expect(readout(page)).toContainText('history', { timeout: 1_000 });
  }).toPass();
}

test('shows the last visible candle in the readout while the chart is in the past, and keeps its kind of volume', async ({
  page,
}) => {
  await withHistory(page);
  await page.mouse.move(0, 0);
  await expect(readout(page)).toContainText('not closed yet');
  await page.getByRole('group', { name: /Dogecoin, 1h candles/ }).focus();
  for (let step = 0; step < 15; step++) await page.keyboard.press('ArrowLeft');
  await expect(readout(page)).not.toContainText('not closed yet');
  await expect(time(page)).toHaveText(/^\d+ \w+ \d{4}, \d\d:00$/);
  await expect(chart(page)).toContainText('24 h volume (rolling)');
  const past = await time(page).textContent();
  await page.keyboard.press('ArrowLeft');
  await expect(time(page)).not.toHaveText(past ?? '');
  await page.keyboard.press('End');
  await expect(readout(page)).toContainText('not closed yet');
});

test('keeps the point under the pointer in place when the live chart is zoomed', async ({ page }) => {
  await withHistory(page);
  await chart(page).hover({ position: { x: 400, y: 120 } });
  await expect(readout(page)).not.toContainText('not closed yet');
  // A new candle begins once a minute and moves the live chart, so the time is read when the wheel turns.
  await time(page).evaluate((element) => {
    const onWheel = () => Object.assign(globalThis, { pointed: element.textContent });
    element.ownerDocument.addEventListener('wheel', onWheel, { capture: true, once: true });
  });
  await page.mouse.wheel(0, -400);
  await expect(page.getByText('Live →')).toBeVisible();
  await expect(time(page)).toHaveText(String(await page.evaluate('pointed')));
});

test('opens a link in a second window, and in a page that is already open', async ({ page }) => {
  await withHistory(page);
  const surface = page.getByRole('group', { name: /Dogecoin, 1h candles/ });
  await surface.focus();
  for (let step = 0; step < 15; step++) await page.keyboard.press('ArrowLeft');
  await page.mouse.move(0, 0);
  await expect(readout(page)).not.toContainText('not closed yet');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Link' }).click();
  await expect(page.getByText('The link is on the clipboard.')).toBeVisible();
  // Read only now, because the readout is updated a moment after the chart.
  const shown = (await time(page).textContent()) ?? '';
  const link = String(await page.evaluate('navigator.clipboard.readText()'));
  const second = await page.context().newPage();
  await second.goto(link);
  await expect(second.getByRole('group', { name: /Dogecoin, 1h candles/ })).toBeVisible();
  await expect(time(second)).toHaveText(shown);
  await choose(second, 'bitcoin');
  await expect(second.getByRole('group', { name: /Bitcoin/ })).toBeVisible();
  await second.evaluate(`location.hash = ''; location.hash = ${JSON.stringify(new URL(link).hash)}`);
  await expect(second.getByRole('group', { name: /Dogecoin, 1h candles/ })).toBeVisible();
  await expect(time(second)).toHaveText(shown);
  await second.close();
});

test('reports a link to a coin that is not watched, and one that names no chart', async ({ page }) => {
  await page.goto(program.url);
  await expect(chart(page)).toBeVisible();
  const notice = page.getByTestId('requested-notice');
  const open = (hash: string) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await open('#chart?coin=solana&interval=1h');
  await expect(notice).toContainText('Solana is not watched, so the chart shows Bitcoin instead.');
  await expect(page.getByRole('group', { name: /Bitcoin, 1h candles/ })).toBeVisible();
  await notice.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Escape');
  await choose(page, 'dogecoin');
  await expect(notice).toHaveCount(0);
  await open('#chart?coin=dogecoin&interval=0m');
  await expect(notice).toContainText('names no chart');
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toHaveCount(0);
  // Also if the page is opened with the link.
  await open('#chart?coin=solana&interval=1h');
  await page.reload();
  await expect(notice).toContainText('Solana is not watched');
  await open('#chart?coin=dogecoin&interval=1h');
  await expect(page.getByRole('group', { name: /Dogecoin, 1h candles/ })).toBeVisible();
  await expect(notice).toHaveCount(0);
});

test('dates a daily candle by its day in UTC, wherever the page is opened', async ({ page, browser }) => {
  await withHistory(page);
  const dates = new Map<string, readonly string[]>();
  // In the past, because a live chart would move meanwhile: a day takes 24 minutes.
  const to = bucketStart(origin, '1d') - 5 * DAY;
  const link = `#chart?coin=dogecoin&interval=1d&bars=90&to=${to}`;
  for (const zone of ['UTC', 'Pacific/Apia', 'America/Los_Angeles', 'Asia/Kolkata']) {
    dates.set(zone, await datesOfDays(browser, zone, link));
  }
  const utc = dates.get('UTC') ?? [];
  expect(utc.length).toBeGreaterThan(3);
  expect(utc[0]).toMatch(/^\d+ \w+ \d{4}\u00a0UTC$/);
  for (const [zone, seen] of dates) expect(seen, zone).toEqual(utc);
});

/** The date of the daily candle at a position on the chart, and the label of its axis. */
async function datesOfDays(browser: Browser, timezoneId: string, link: string): Promise<readonly string[]> {
  const context = await browser.newContext({ timezoneId, viewport: { width: 1_280, height: 800 } });
  const page = await context.newPage();
  try {
    await page.goto(program.url);
    await expect(chart(page)).toBeVisible();
    await page.evaluate(`location.hash = ${JSON.stringify(link)}`);
    await expect(page.getByRole('group', { name: /Dogecoin, 1d candles/ })).toBeVisible();
    await expect(chart(page).locator('.recharts-xAxis-tick-labels text').first()).toBeVisible();
    await chart(page).hover({ position: { x: 300, y: 120 } });
    await expect(readout(page)).toContainText('history');
    return [
      (await time(page).textContent()) ?? '',
      ...(await chart(page).locator('.recharts-xAxis-tick-labels text').allTextContents()),
    ];
  } finally {
    await context.close();
  }
}

test('shows the same candles as an export, for all that are visible', async ({ page }) => {
  await withHistory(page);
  await page.getByRole('button', { name: 'Share' }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV', exact: true }).click();
  const [, ...rows] = linesOf(readFileSync(await (await saving).path(), 'utf8'));
  // Without the last candle, which is not closed yet and may have changed meanwhile.
  const shown = rows.slice(0, -1).map(openToClose);
  expect(shown.length).toBeGreaterThan(20);
  const [from, to] = [shown[0]?.[0] ?? 0, shown.at(-1)?.[0] ?? 0].map((at) => new Date(at).toISOString());
  const range = ['--from', from ?? '', '--to', new Date(Date.parse(to ?? '') + HOUR).toISOString()];
  const exported = await runCli(
    ['export', 'candles', '--coin', 'dogecoin', '--interval', '1h', ...range, '--format', 'csv'],
    { MONITOR_DATA_DIR: folder },
  );
  expect(exported.code, exported.stderr).toBe(0);
  expect(shown).toEqual(linesOf(exported.stdout).slice(1).map(openToClose));
});

const linesOf = (csv: string): readonly string[] => csv.trimEnd().split(/\r?\n/);

/** Start, open, high, low and close of a line. */
function openToClose(line: string): readonly number[] {
  const [start = '', ...figures] = line.split(',');
  return [Date.parse(start), ...figures.slice(0, 4).map(Number)];
}

test('marks alerts that the list beside the chart has not loaded', async ({ page }) => {
  const database = databaseClient(await embeddedConnectionUrl(folder));
  await database.connect();
  try {
    // An alert from days ago, and more recent ones of another coin than fit on a page of the list.
    await database.query(
      `insert into alerts
         (id, rule, kind, direction, coin_id, vs_currency, source, observed_at, price, message, figures)
       select 'dogecoin-' || $1, 'moving-average', 'moving-average', 'up', 'dogecoin', 'usd', 'coingecko', to_timestamp($1::double precision / 1000),
         0.1, 'price changed', '{"changePct": 3}'::jsonb
       union all
       select 'zcash-' || n, 'moving-average', 'moving-average', 'up', 'zcash', 'usd', 'coingecko',
         to_timestamp($1::double precision / 1000) + n * interval '1 second', 40, 'price changed', '{"changePct": 3}'::jsonb
       from generate_series(1, 60) n
       union all
       select 'monero', 'moving-average', 'moving-average', 'up', 'monero', 'usd', 'coingecko',
         to_timestamp($1::double precision / 1000) + interval '2 hours', 150, 'price changed', '{"changePct": 3}'::jsonb`,
      [origin - 30 * HOUR],
    );
  } finally {
    await database.end();
  }
  await withHistory(page);
  await expect(page.getByTestId('alert-item')).toHaveCount(50);
  await expect(page.getByTestId('alert-item').filter({ hasText: 'Dogecoin' })).toHaveCount(0);
  const marker = chart(page).getByTestId('alert-marker');
  const item = page.getByTestId('alert-item').filter({ hasText: 'Dogecoin' });
  const chooseMarked = async (): Promise<void> => {
    await expect(marker).toHaveCount(1);
    await marker.locator('[data-clickable]').dispatchEvent('click');
    await expect(item).toHaveAttribute('aria-pressed', 'true');
    await expect(item).toBeInViewport();
  };
  await chooseMarked();
  // Again, after another coin was chosen.
  await choose(page, 'bitcoin');
  await expect(item).toHaveAttribute('aria-pressed', 'false');
  await page.getByTestId('alert-item').first().scrollIntoViewIfNeeded();
  await expect(item).not.toBeInViewport();
  await choose(page, 'dogecoin');
  await chooseMarked();
});

test('reports that the coin of a chosen alert is no longer followed', async ({ page }) => {
  await page.goto(program.url);
  await page.getByTestId('alert-item').filter({ hasText: 'Monero' }).click();
  await expect(page.getByTestId('requested-notice')).toContainText('Monero is not watched');
  await choose(page, 'zcash');
  await expect(page.getByTestId('requested-notice')).toHaveCount(0);
});
