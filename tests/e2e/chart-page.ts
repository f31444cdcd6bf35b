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

const SIZE = { width: 1_000, height: 600 };
const CONTEXT = { viewport: SIZE, reducedMotion: 'reduce', timezoneId: 'Europe/Berlin' } as const;

/** A page that reports what goes wrong in it as an error of the test. */
async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ ...CONTEXT, ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  return page;
}

/** A script that has the browser keep what a state says. */
function keeping({ settings, kept = {} }: ChartState): string {
  const all = { ...INITIAL_SETTINGS, ...settings };
  const values = { 'chart-settings': { all, coins: {} }, ...kept };
  const script = Object.entries(values).map(([key, value]) => {
    return `localStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(JSON.stringify(value))});`;
  });
  return script.join(' ');
}

const urlOf = ({ url }: ServedPages, { query = '' }: ChartState): string => `${url}/index.html?${query}`;

/** Opens the chart in a state, in a context of its own. */
export async function openChart(
  browser: Browser,
  pages: ServedPages,
  state: ChartState,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await newPage(browser, { viewport: state.size ?? SIZE, ...options });
  // Once: what the page keeps itself is there again after a reload.
  await page.addInitScript(`if (localStorage.getItem('chart-settings') === null) { ${keeping(state)} }`);
  await page.goto(urlOf(pages, state));
  return page;
}

type Media = Pick<BrowserContextOptions, 'colorScheme' | 'forcedColors'>;

export type ChartPage = {
  /** Loads the chart in a state, with nothing left of the one before. */
  open(state: ChartState, media: Media): Promise<Page>;
  close(): Promise<void>;
};

/** Opens charts one after the other in one page, whose process has compiled the code of the page at the first. */
export async function chartsInOnePage(browser: Browser, pages: ServedPages): Promise<ChartPage> {
  const page = await newPage(browser, {});
  let script: { dispose(): Promise<void> } | null = null;
  return {
    async open(state, { colorScheme = null, forcedColors = null }) {
      await script?.dispose();
      // Nothing is drawn for what follows, and no element of the next chart is below the pointer.
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
