import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { INITIAL_SETTINGS } from '../../renderer/chart/model/chart-settings.ts';
import { type ServedPages, servePages } from '../chart-page/serve-pages.ts';

/** The page of a single chart, on a market that is simulated in the page and a clock that stands still. */
export const serveChartPage = (): Promise<ServedPages> =>
  servePages(join(import.meta.dirname, '../chart-page'), ['index.html']);

export type ChartState = {
  /** See `marketOf` of the page. */
  readonly query?: string;
  readonly settings?: Partial<typeof INITIAL_SETTINGS>;
  /** What else the browser has kept. */
  readonly kept?: Readonly<Record<string, unknown>>;
  readonly size?: { readonly width: number; readonly height: number };
};

/** Opens the chart in a state; the page reports what goes wrong in it as an error of the test. */
export async function openChart(
  browser: Browser,
  { url }: ServedPages,
  { query = '', settings, kept = {}, size = { width: 1_000, height: 600 } }: ChartState,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: size,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
    ...options,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  const all = { ...INITIAL_SETTINGS, ...settings };
  const values = { 'chart-settings': { all, coins: {} }, ...kept };
  const script = Object.entries(values).map(([key, value]) => {
    return `localStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(JSON.stringify(value))});`;
  });
  // Once: what the page keeps itself is there again after a reload.
  await page.addInitScript(`if (localStorage.getItem('chart-settings') === null) { ${script.join(' ')} }`);
  await page.goto(`${url}/index.html?${query}`);
  return page;
}
