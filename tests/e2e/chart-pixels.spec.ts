import { expect, type Page, test } from '@playwright/test';
import type { ServedPages } from '../chart-page/serve-pages.ts';
import { type ChartPage, type ChartState, chartsInOnePage, serveChartPage } from './chart-page.ts';

/**
 * Compares every state of a chart with a reviewed picture. Texts are hidden, because fonts differ between machines; everything else is
 * the same on every machine with the same version of Chromium.
 */
const CHROMIUM = '156';

/** The maximum number of different pixels: fewer than those of a single marker. */
const MAX_DIFFERENT = 80;

/** Hides texts, and fixes the sizes that would depend on the width of a text. */
const WITHOUT_TEXT = `
  * { color: transparent !important; caret-color: transparent !important; }
  text { visibility: hidden !important; }
  header, [role="toolbar"], [data-testid="chart-readout"] { height: 0 !important; min-height: 0 !important;
    padding: 0 !important; overflow: hidden !important; }
`;

const SMA = { id: 'sma', params: { period: 20 } };
const STATES: Readonly<Record<string, ChartState & { readonly act?: (page: Page) => Promise<void> }>> = {
  live: {},
  stale: { query: 'state=stale' },
  offline: { query: 'state=offline' },
  empty: { query: 'state=empty' },
  loading: { query: 'state=loading' },
  unavailable: { query: 'state=unavailable' },
  gap: { query: 'state=gap' },
  'history-begin': { query: 'state=begin' },
  history: { query: 'state=history' },
  alerts: { query: 'state=alerts' },
  crowd: { query: 'state=crowd' },
  sources: { query: 'state=sources' },
  'changing-sources': { query: 'state=flapping' },
  'rolling-volume': { query: 'volume=rolling' },
  'no-volume': { query: 'volume=none' },
  'tiny-price': { query: 'price=0.0000000000000015' },
  'huge-price': { query: 'price=1234000000000' },
  narrow: { query: 'state=alerts', size: { width: 380, height: 640 } },
  // With other prices, a linear axis would look the same.
  logarithmic: { query: 'state=rise', settings: { priceMode: 'log' } },
  linear: { query: 'state=rise' },
  percent: { settings: { priceMode: 'percent' } },
  inverted: { settings: { isInverted: true } },
  'colour-blind': { settings: { palette: 'colour-blind' } },
  'volume-profile': { settings: { hasVolumeProfile: true } },
  overlays: {
    settings: {
      studies: [
        SMA,
        { id: 'bollinger', params: {} },
        { id: 'keltner', params: {} },
        { id: 'vwap', params: {} },
      ],
    },
  },
  panes: {
    size: { width: 1_000, height: 900 },
    settings: { studies: ['rsi', 'macd', 'atr', 'obv', 'volatility'].map((id) => ({ id, params: {} })) },
  },
  // A band has a gap where there are no candles.
  'rule-band': { query: 'state=gap', settings: { studies: [{ id: 'rule', params: { thresholdPct: 0.2 } }] } },
  compare: { settings: { compared: ['ethereum', 'zcash', 'dogecoin'] } },
  ratio: { settings: { compared: ['ethereum'], isRatio: true } },
  'four-charts': {
    size: { width: 1_300, height: 900 },
    kept: {
      'chart-grid': {
        size: 4,
        links: { coin: false, interval: false, time: false },
        others: [{ coinId: 'zcash', interval: '1h' }],
      },
    },
  },
  drawings: {
    kept: {
      'chart-drawings': {
        'bitcoin usd': (['level', 'trend', 'ray', 'rectangle', 'fibonacci', 'text'] as const).map(
          (kind, index) => ({
            id: index + 1,
            kind,
            from: { at: Date.UTC(2026, 5, 12, 10, 30 + 10 * index), price: 57_100 + 40 * index },
            to: { at: Date.UTC(2026, 5, 12, 10, 50 + 10 * index), price: 57_300 + 40 * index },
            text: 'here',
          }),
        ),
      },
    },
  },
  crosshair: {
    async act(page) {
      await page.mouse.move(400, 250);
      await page.mouse.move(420, 260);
      await expect(page.getByTestId('crosshair')).toBeAttached();
    },
  },
};

let pages: ServedPages;
let charts: ChartPage;
test.beforeAll(async ({ browser }) => {
  test.skip(process.platform !== 'linux', 'The pictures were drawn on Linux.');
  const major = browser.version().split('.')[0];
  test.skip(
    major !== CHROMIUM,
    `The pictures were drawn by Chromium ${CHROMIUM}; Chromium ${major} may draw edges otherwise.`,
  );
  pages = await serveChartPage();
  charts = await chartsInOnePage(browser, pages);
});
test.afterAll(async () => {
  await charts?.close();
  pages?.close();
});

async function compare(page: Page, name: string): Promise<void> {
  await page.addStyleTag({ content: WITHOUT_TEXT });
  // Styles are loaded before sizes are measured and the chart is drawn.
  await expect(page).toHaveScreenshot(`${name}.png`, {
    maxDiffPixels: MAX_DIFFERENT,
    animations: 'disabled',
  });
}

/** States that are also compared in the dark colour scheme, in which colours differ but forms do not. */
const IN_THE_DARK = new Set([
  'live',
  'stale',
  'crosshair',
  'rule-band',
  'volume-profile',
  'history',
  'gap',
  'alerts',
  'overlays',
  'compare',
  'drawings',
  'four-charts',
]);

for (const [name, { act, ...state }] of Object.entries(STATES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    if (colorScheme === 'dark' && !IN_THE_DARK.has(name)) continue;
    test(`draws "${name}" like the reviewed picture, ${colorScheme}`, async () => {
      const page = await charts.open(state, { colorScheme });
      await page.waitForFunction('window.chartPage.isSettled()');
      if (act !== undefined) {
        await page.addStyleTag({ content: WITHOUT_TEXT });
        await expect(page.getByTestId('last-price')).toBeVisible();
        await act(page);
      }
      await compare(page, `${name}-${colorScheme}`);
    });
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`draws in forced colours like the reviewed picture, ${colorScheme}`, async () => {
    const page = await charts.open({ query: 'state=alerts' }, { colorScheme, forcedColors: 'active' });
    await page.waitForFunction('window.chartPage.isSettled()');
    await compare(page, `forced-colours-${colorScheme}`);
  });
}
