import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { INITIAL_SETTINGS } from '../../renderer/chart/model/chart-settings.ts';
import { type ServedPages, servePages } from '../chart-page/serve-pages.ts';

/** Serves the page of a single chart, with a market that is simulated in the page and a clock that stands still. */
export const serveChartPage = (): Promise<ServedPages> =>
  servePages(join(import.meta.dirname, '../chart-page'), ['index.html']);

export type ChartState = {
  /** The options of `marketOf`, as a query string. */
  readonly query?: string;
  readonly settings?: Partial<typeof INITIAL_SETTINGS>;
  /** Other values in the local storage of the browser. */
  readonly kept?: Readonly<Record<string, unknown>>;
  readonly size?: { readonly width: number; readonly height: number };
};

const SIZE = { width: 1_000, height: 600 };
const CONTEXT = { viewport: SIZE, reducedMotion: 'reduce', timezoneId: 'Europe/Berlin' } as const;

/** A page whose errors fail the test. */
async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ ...CONTEXT, ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  return page;
}

/** A script that puts the values of a state into local storage. */
function keeping({ settings, kept = {} }: ChartState): string {
  const all = { ...INITIAL_SETTINGS, ...settings };
  const values = { 'chart-settings': { all, coins: {} }, ...kept };
  const script = Object.entries(values).map(([key, value]) => {
    return `localStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(JSON.stringify(value))});`;
  });
  return script.join(' ');
}

const urlOf = ({ url }: ServedPages, { query = '' }: ChartState): string => `${url}/index.html?${query}`;

/** Opens the chart in a state, in a new browser context. */
export async function openChart(
  browser: Browser,
  pages: ServedPages,
  state: ChartState,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await newPage(browser, { viewport: state.size ?? SIZE, ...options });
  // Only once, so that a reload keeps what the page has stored itself.
  await page.addInitScript(`if (localStorage.getItem('chart-settings') === null) { ${keeping(state)} }`);
  await page.goto(urlOf(pages, state));
  return page;
}

type Media = Pick<BrowserContextOptions, 'colorScheme' | 'forcedColors'>;

export type ChartPage = {
  /** Loads the chart in a state, without anything of the previous chart. */
  open(state: ChartState, media?: Media): Promise<Page>;
  close(): Promise<void>;
};

/** Opens charts one after another in one page, so that its process compiles the code of the page only once. */
export async function chartsInOnePage(browser: Browser, pages: ServedPages): Promise<ChartPage> {
  const page = await newPage(browser, {});
  let script: { dispose(): Promise<void> } | null = null;
  return {
    async open(state, { colorScheme = null, forcedColors = null } = {}) {
      await script?.dispose();
      // On this page, the following calls redraw nothing, and the pointer is over no element of the next chart.
      await page.goto('about:blank');
      await page.mouse.move(0, 0);
      await page.setViewportSize(state.size ?? SIZE);
      await page.emulateMedia({ colorScheme, forcedColors });
      script = await page.addInitScript(`localStorage.clear(); ${keeping(state)}`);
      await page.goto(urlOf(pages, state));
      return page;
    },
    close: () => page.context().close(),
  };
}
