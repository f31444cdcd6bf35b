import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type ServedPages, servePages } from '../chart-page/serve-pages.ts';

let pages: ServedPages;

test.beforeAll(async () => {
  pages = await servePages(join(import.meta.dirname, '../history-page'), ['index.html']);
});

test.afterAll(() => pages.close());

const rows = (page: Page) => page.getByTestId('alert-item');
/** The maximum number of drawn rows: those on screen, and near it. */
const MAX_ROWS = 250;

/** A fully loaded history with the given number of alerts. */
async function openHistory(page: Page, alerts: number): Promise<void> {
  await page.setViewportSize({ width: 400, height: 800 });
  await page.goto(`${pages.url}/index.html?alerts=${alerts}`);
  await expect(rows(page).first()).toBeVisible();
  const older = page.getByRole('button', { name: /older/ });
  await page.evaluate(`(async () => {
    for (;;) {
      const buttons = [...document.querySelectorAll('button')];
      const older = buttons.find(({ textContent }) => /older|Loading/.test(textContent));
      if (older === undefined) return;
      older.click();
      await new Promise(requestAnimationFrame);
    }
  })()`);
  await expect(older).toHaveCount(0);
  await settled(page);
}

/** Resolves when everything pending has been drawn. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate(`(async () => {
    for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
  })()`);

type Work = { readonly reads: number; readonly clockReads: number; readonly watchers: number };

/** The cost of an action, as counts of reads. */
async function workOf(page: Page, script: string): Promise<Work> {
  await page.evaluate('historyPage.work()');
  await page.evaluate(script);
  await settled(page);
  return (await page.evaluate('historyPage.work()')) as Work;
}

async function costs(page: Page, alerts: number) {
  await openHistory(page, alerts);
  const raised = await workOf(page, 'historyPage.raise()');
  await expect(rows(page).first()).toContainText('0 s ago');
  const ticked = await workOf(page, 'historyPage.tick()');
  await expect(rows(page).first()).toContainText('1 s ago');
  return { raised, ticked, drawn: await rows(page).count() };
}

test('a new alert and a clock tick take the same work with a history of 10,000 alerts as with 500', async ({
  page,
}) => {
  const short = await costs(page, 500);
  const long = await costs(page, 10_000);
  expect(long.drawn).toBeLessThanOrEqual(MAX_ROWS);
  // A search in more pages takes a few more steps.
  expect(long.raised.reads).toBeLessThanOrEqual(short.raised.reads + 20);
  expect(long.ticked.reads).toBeLessThanOrEqual(short.ticked.reads);
  expect(long.ticked.clockReads).toBeLessThanOrEqual(short.ticked.clockReads);
  expect(long.ticked.watchers).toBeLessThanOrEqual(5);
  expect(long.ticked.reads).toBeLessThanOrEqual(2 * MAX_ROWS);
});

test('a long history can be scrolled to its end, and stays in place while alerts arrive', async ({
  page,
}) => {
  await openHistory(page, 10_000);
  const scroll = (share: number): Promise<unknown> =>
    page.evaluate(`(() => {
      const list = document.querySelector('[data-place="alerts"]');
      list.scrollTop = ${share} * list.scrollHeight;
    })()`);
  for (const share of [0.2, 0.9, 0.5]) {
    await scroll(share);
    await expect(async () => {
      expect(await rows(page).count()).toBeLessThanOrEqual(MAX_ROWS);
      expect(await rowInView(page)).not.toBeNull();
    }).toPass();
  }
  await settled(page);
  const before = await rowInView(page);
  await page.evaluate('for (let index = 0; index < 60; index++) historyPage.raise()');
  await settled(page);
  expect(await rowInView(page)).toEqual(before);

  await scroll(1);
  await expect(async () => {
    await scroll(1);
    // The oldest alert.
    await expect(rows(page).last()).toContainText('$60,000.00', { timeout: 500 });
  }).toPass();
  await scroll(0);
  await expect(rows(page).first()).toContainText('$70,059.00');
});

/** The price in the first row that is completely on screen, and the position of the row; null if nothing is drawn. */
function rowInView(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const shown = [...document.querySelectorAll('[data-testid="alert-item"]')].find(
      (row) => row.getBoundingClientRect().top > 100 && row.getBoundingClientRect().top < 700,
    );
    if (shown === undefined) return null;
    const price = shown.textContent.match(/\\$[\\d,.]+/)[0];
    return { price, top: Math.round(shown.getBoundingClientRect().top) };
  })()`);
}
