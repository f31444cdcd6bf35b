import { readFileSync } from 'node:fs';
import { type CDPSession, expect, type Locator, type Page, test } from '@playwright/test';
import type { ServedPages } from '../chart-page/serve-pages.ts';
import { type ChartPage, chartsInOnePage, openChart, serveChartPage } from './chart-page.ts';

/** Tests the effects of pointer and keys on a chart in a real browser. The market and the clock stand still. */
let pages: ServedPages;
let charts: ChartPage;
test.beforeAll(async ({ browser }) => {
  pages = await serveChartPage();
  charts = await chartsInOnePage(browser, pages);
});
test.afterAll(async () => {
  await charts?.close();
  pages?.close();
});

const surface = (page: Page): Locator => page.getByRole('group', { name: /candles/ });
const readout = (page: Page, figure: string): Locator =>
  page.getByTestId('chart-readout').locator(`[data-figure="${figure}"] dd`);
const summary = (page: Page): Locator => page.getByTestId('chart-summary');
const TWO_DECIMALS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
const priceLabels = (page: Page): Locator => page.locator('.recharts-yAxis-tick-labels text');

/** The visible candles as rows, as the menu saves them. */
async function shownRows(page: Page): Promise<readonly (readonly string[])[]> {
  await page.getByRole('button', { name: 'Share' }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV', exact: true }).click();
  const csv = readFileSync(await (await saving).path(), 'utf8');
  await page.keyboard.press('Escape');
  return csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
}

/** The first and last time and the number of visible candles. */
async function shown(page: Page): Promise<{ first: number; last: number; count: number }> {
  const [, ...rows] = await shownRows(page);
  const at = (row: readonly string[] | undefined): number => Date.parse(row?.[0] ?? '');
  return { first: at(rows[0]), last: at(rows.at(-1)), count: rows.length };
}

async function drag(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 8 });
  await page.mouse.up();
}

test('is dragged into the past, where the readout has its last candle, and returns with a button', async () => {
  const page = await charts.open({});
  await expect(readout(page, 'State')).toHaveText('not closed yet');
  const before = await shown(page);
  await drag(page, [300, 300], [700, 300]);
  await expect(page.getByRole('button', { name: 'Live', exact: true })).toBeVisible();
  const after = await shown(page);
  expect(after.first).toBeLessThan(before.first);
  expect(after.last).toBeLessThan(before.last);
  await page.mouse.move(0, 0);
  await expect(readout(page, 'State')).toHaveCount(0);
  await expect(readout(page, 'Time')).toHaveText(/^12 Jun 2026, 13:\d\d$/);
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  await expect(readout(page, 'State')).toHaveText('not closed yet');
});

test('returns to the present by key and by button, in any order', async () => {
  const page = await charts.open({});
  const live = page.getByRole('button', { name: 'Live', exact: true });
  await expect(readout(page, 'State')).toHaveText('not closed yet');
  for (const back of ['key', 'button', 'button', 'key']) {
    await drag(page, [300, 300], [700, 300]);
    await page.mouse.move(0, 0);
    await expect(live).toBeVisible();
    await expect(readout(page, 'State')).toHaveCount(0);
    if (back === 'key') await surface(page).press('End');
    else await live.click();
    await expect(readout(page, 'State')).toHaveText('not closed yet');
    await expect(live).toHaveCount(0);
  }
});

test('zooms at the pointer, also in the live view', async () => {
  const page = await charts.open({});
  const point = { x: 400, y: 150 };
  await surface(page).hover({ position: point });
  const pointed = await readout(page, 'Time').textContent();
  const before = await shown(page);
  await surface(page).hover({ position: point });
  await page.mouse.wheel(0, -500);
  await expect(page.getByRole('button', { name: 'Live', exact: true })).toBeVisible();
  expect((await shown(page)).count).toBeLessThan(before.count * 0.6);
  await surface(page).hover({ position: point });
  await expect(readout(page, 'Time')).toHaveText(pointed ?? '');
});

test('keeps grid and labels in place while it is moved and a layer draws them', async () => {
  const page = await charts.open({});
  await expect(page.getByTestId('last-price')).toBeVisible();
  await page.waitForLoadState('networkidle');
  const resting = await surface(page).screenshot();
  // Disables timers, because a timer ends the state in which a layer draws.
  await page.evaluate('void (window.setTimeout = () => 0)');
  await page.mouse.move(300, 300);
  await page.mouse.down();
  await page.mouse.move(309, 300);
  await page.mouse.move(300, 300);
  await expect(page.locator('[data-moved]')).toHaveCount(1);
  const moved = await surface(page).screenshot();
  const [atRest, inMotion] = await Promise.all([resting, moved].map((png) => inkOf(page, png)));
  for (const [name, least] of [
    ['prices', 3],
    ['times', 5],
    ['rows', 5],
    ['columns', 5],
  ] as const) {
    const [before, now] = [atRest?.[name] ?? [], inMotion?.[name] ?? []];
    expect(before.length, name).toBeGreaterThanOrEqual(least);
    expect(now, name).toHaveLength(before.length);
    // A position between two pixels may be drawn in either.
    const shifts = before.map((middle, index) => Math.abs(middle - (now[index] ?? 0)));
    expect(Math.max(...shifts), name).toBeLessThan(1.6);
  }
});

/** The positions of labels and grid lines in a picture of a chart: the middle of each, along its axis. */
async function inkOf(page: Page, png: Buffer) {
  // As text, because tests are compiled without the types of a browser.
  return (await page.evaluate(`(async () => {
    const image = await createImageBitmap(
      await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob(),
    );
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const svg = document.querySelector('[data-testid="candle-chart"] clipPath path').getAttribute('d');
    const [, top, right, bottom] = /M(\\S+) (\\S+)H(\\S+)V(\\S+)H/.exec(svg).slice(1).map(Number);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const at = (x, y) => data[(y * image.width + x) * 4];
    const ground = at(image.width - 2, 2);
    const middles = (count, isPart, gap) => {
      const runs = [];
      for (let place = 0; place < count; place++) {
        if (!isPart(place)) continue;
        const last = runs.at(-1);
        if (last !== undefined && place - last[1] <= gap) last[1] = place;
        else runs.push([place, place]);
      }
      return runs.map(([from, to]) => (from + to) / 2);
    };
    const range = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);
    const isDark = (x, y) => ground - at(x, y) > 60;
    const isInked = (x, y) => ground - at(x, y) > 8;
    const axisRows = range(Math.ceil(right) + 4, image.width);
    const axisColumns = range(Math.ceil(bottom) + 2, image.height);
    return {
      prices: middles(Math.floor(bottom) - 100, (y) => axisRows.some((x) => isDark(x, y)), 2),
      times: middles(Math.floor(right), (x) => axisColumns.some((y) => isDark(x, y)), 9),
      // Along the right and the upper edge, where there are no candles.
      rows: middles(Math.floor(bottom), (y) => isInked(Math.floor(right) - 6, y), 0),
      columns: middles(Math.floor(right) - 2, (x) => isInked(x, Math.ceil(top) + 4), 0),
    };
  })()`)) as {
    readonly prices: readonly number[];
    readonly times: readonly number[];
    readonly rows: readonly number[];
    readonly columns: readonly number[];
  };
}

test('loads older candles while it is dragged, without jumping', async () => {
  const page = await charts.open({});
  await expect(readout(page, 'Time')).toBeVisible();
  for (let drags = 0; drags < 10; drags++) await drag(page, [100, 300], [890, 300]);
  const { first, last, count } = await shown(page);
  // Further back than the candles that were loaded first, and without a gap.
  expect(Date.UTC(2026, 5, 12, 12) - first).toBeGreaterThan(600 * 60_000);
  expect(last - first).toBe((count - 1) * 60_000);
});

test('shows where history begins', async () => {
  const page = await charts.open({ query: 'state=begin' });
  await expect(readout(page, 'Time')).toBeVisible();
  await drag(page, [100, 300], [500, 300]);
  await expect(page.getByTestId('history-begin')).toContainText('History begins here');
});

test('has a price axis that can be dragged, and follows the prices again after a double click', async () => {
  const page = await charts.open({});
  await expect(priceLabels(page).first()).toBeAttached();
  const auto = await priceLabels(page).allTextContents();
  await drag(page, [960, 200], [960, 320]);
  await expect(page.getByRole('button', { name: 'Auto price' })).toBeVisible();
  await expect.poll(() => priceLabels(page).allTextContents()).not.toEqual(auto);
  await page.mouse.dblclick(960, 250);
  await expect(page.getByRole('button', { name: 'Auto price' })).toHaveCount(0);
  await expect.poll(() => priceLabels(page).allTextContents()).toEqual(auto);
});

test('has a price axis that is drawn by a layer while it is dragged, and by Recharts afterwards', async () => {
  const page = await charts.open({});
  await expect(page.getByTestId('last-price')).toBeVisible();
  await page.waitForLoadState('networkidle');
  const auto = await priceLabels(page).allTextContents();
  // Disables timers, because a timer ends the state in which a layer draws.
  await page.evaluate(`{
    window.keptTimeout = window.setTimeout;
    window.setTimeout = () => 0;
    window.rendered = [];
    new MutationObserver((records) => rendered.push(...records.map(({ type }) => type))).observe(
      document.querySelector('.recharts-surface'),
      { subtree: true, childList: true, attributes: true, characterData: true },
    );
  }`);
  const before = await surface(page).screenshot();
  await drag(page, [960, 200], [960, 320]);
  await expect(page.locator('[data-moved]')).toHaveCount(1);
  const [atRest, inMotion] = await Promise.all(
    [before, await surface(page).screenshot()].map((png) => inkOf(page, png)),
  );
  expect(inMotion?.rows).not.toEqual(atRest?.rows);
  expect(await page.evaluate('rendered.filter((type) => type !== "attributes").length')).toBe(0);
  expect(await priceLabels(page).allTextContents()).toEqual(auto);
  await page.evaluate('void (window.setTimeout = keptTimeout)');
  await drag(page, [960, 320], [960, 322]);
  await expect(page.locator('[data-moved]')).toHaveCount(0);
  expect(await priceLabels(page).allTextContents()).not.toEqual(auto);
});

test('keeps moving when it is released in motion, unless reduced motion is preferred', async ({
  browser,
}) => {
  for (const reducedMotion of ['no-preference', 'reduce'] as const) {
    const page = await openChart(browser, pages, {}, { reducedMotion });
    await expect(readout(page, 'State')).toHaveText('not closed yet');
    const before = await shown(page);
    // A drag whose speed does not depend on the machine: five pixels a millisecond.
    await page.evaluate(`{
      const surface = document.querySelector('[aria-roledescription]');
      surface.setPointerCapture = () => undefined;
      const send = (type, x, at) => {
        const event = new PointerEvent(type, { pointerId: 9, clientX: x, clientY: 300, bubbles: true });
        Object.defineProperty(event, 'timeStamp', { value: at });
        surface.dispatchEvent(event);
      };
      send('pointerdown', 300, 1_000);
      for (let move = 1; move <= 4; move++) send('pointermove', 300 + move * 50, 1_000 + move * 10);
      send('pointerup', 500, 1_041);
    }`);
    await expect(page.getByRole('button', { name: 'Live', exact: true })).toBeVisible();
    await expect(page.locator('[data-moved]')).toHaveCount(0);
    const moved = (before.first - (await shown(page)).first) / 60_000;
    const dragged = (200 / (await plotWidth(page))) * before.count;
    if (reducedMotion === 'reduce') expect(Math.abs(moved - dragged)).toBeLessThan(3);
    else expect(moved).toBeGreaterThan(dragged + 3);
    await page.context().close();
  }
});

const plotWidth = async (page: Page): Promise<number> =>
  Number(/H(\S+)V/.exec((await page.locator('clipPath path').first().getAttribute('d')) ?? '')?.[1]);

type Finger = { readonly x: number; readonly y: number };

/** Moves fingers together, each from its first to its last position. */
async function touch(
  session: CDPSession,
  from: readonly Finger[],
  to: readonly Finger[],
  steps = 6,
): Promise<void> {
  const at = (share: number) =>
    from.map(({ x, y }, id) => ({
      x: x + ((to[id]?.x ?? x) - x) * share,
      y: y + ((to[id]?.y ?? y) - y) * share,
      id,
    }));
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
  for (let step = 1; step <= steps; step++) {
    await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step / steps) });
  }
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

test('zooms around the middle of two fingers, and its price axis is dragged by one, without scrolling the page', async ({
  browser,
}) => {
  const page = await openChart(browser, pages, {}, { hasTouch: true });
  await expect(readout(page, 'Time')).toBeVisible();
  await page.addStyleTag({ content: 'body { padding-bottom: 900px }' });
  const session = await page.context().newCDPSession(page);
  const before = await shown(page);
  await page.mouse.move(500, 300);
  const pointed = await readout(page, 'Time').textContent();
  await touch(
    session,
    [
      { x: 450, y: 300 },
      { x: 550, y: 340 },
    ],
    [
      { x: 350, y: 300 },
      { x: 650, y: 340 },
    ],
  );
  await expect.poll(async () => (await shown(page)).count).toBeLessThan(before.count * 0.4);
  await page.mouse.move(500, 301);
  await expect(readout(page, 'Time')).toHaveText(pointed ?? '');
  await touch(session, [{ x: 960, y: 200 }], [{ x: 960, y: 320 }]);
  await expect(page.getByRole('button', { name: 'Auto price' })).toBeVisible();
  expect(await page.evaluate('window.scrollY')).toBe(0);
  await touch(session, [{ x: 400, y: 400 }], [{ x: 400, y: 200 }]);
  await expect.poll(() => page.evaluate('window.scrollY')).toBeGreaterThan(0);
  await page.context().close();
});

test('jumps far back with the map below it, and changes to an interval that reaches there', async () => {
  const page = await charts.open({});
  await expect(readout(page, 'Time')).toHaveText(/2026/);
  await page.getByTestId('mini-map').click({ position: { x: 300, y: 10 } });
  await expect(page.getByRole('group', { name: /1d candles/ })).toBeVisible();
  await expect(readout(page, 'Time')).toHaveText(/ 2023/);
});

test('shows the range of a parameter, and keeps its last valid value', async () => {
  const page = await charts.open({});
  await page.getByRole('button', { name: 'Indicators' }).click();
  await page.getByRole('button', { name: 'SMA', exact: true }).click();
  const period = page.getByLabel('Period');
  await period.fill('1000');
  await expect(period).toHaveAccessibleDescription('A number from 2 to 500.');
  await expect(readout(page, 'SMA 20')).toBeVisible();
  await period.fill('50');
  await expect(period).toHaveAccessibleDescription('');
  await expect(readout(page, 'SMA 50')).toBeVisible();
});

test('measures with Shift: the change, candles, time and volume', async () => {
  const page = await charts.open({});
  await expect(readout(page, 'Time')).toBeVisible();
  await page.keyboard.down('Shift');
  await drag(page, [300, 350], [600, 200]);
  await page.keyboard.up('Shift');
  const measure = page.getByTestId('measure');
  await expect(measure).toContainText(/\+\d+\.\d\d \(\+\d\.\d\d%\)/);
  await expect(measure).toContainText(/\d+ candles, \d+.min/);
  await expect(measure).toContainText(/Volume [\d.]+/);
  await surface(page).press('Escape');
  await expect(measure).toHaveCount(0);
});

test('keeps drawings, and undoes each change', async () => {
  const page = await charts.open({});
  await expect(readout(page, 'Time')).toBeVisible();
  const choose = async (tool: string): Promise<void> => {
    await page.getByRole('button', { name: /^Draw/ }).click();
    await page.getByRole('button', { name: tool }).click();
    await page.keyboard.press('Escape');
  };
  const drawings = page.getByTestId('drawing');
  await choose('Level');
  await page.mouse.click(400, 250);
  await choose('Trend line');
  await drag(page, [300, 400], [600, 300]);
  await expect(drawings).toHaveCount(2);
  const level = drawings.locator('[class*="label"]').first();
  const price = await level.textContent();
  await drag(page, [200, 250], [200, 320]);
  await expect(level).not.toHaveText(price ?? '');
  for (const [count, text] of [
    [2, price],
    [1, price],
    [0, null],
  ] as const) {
    await surface(page).press('Control+z');
    await expect(drawings).toHaveCount(count);
    if (text !== null) await expect(level).toHaveText(text);
  }
  await surface(page).press('Control+y');
  await expect(drawings).toHaveCount(1);
  const stored = await page.evaluate(`localStorage.getItem('chart-drawings')`);
  expect(JSON.parse(String(stored))['bitcoin usd']).toHaveLength(1);
});

test('draws over existing drawings, and selects them when no tool is active', async () => {
  const page = await charts.open({});
  await expect(readout(page, 'Time')).toBeVisible();
  const drawings = page.getByTestId('drawing');
  const tools = ['Trend line', 'Ray', 'Rectangle', 'Fibonacci'];
  for (const [index, tool] of tools.entries()) {
    await page.getByRole('button', { name: /^Draw/ }).click();
    await page.getByRole('button', { name: tool, exact: true }).click();
    await page.keyboard.press('Escape');
    await drag(page, [300, 350], [500, 250]);
    await expect(drawings).toHaveCount(index + 1);
  }
  const places = () =>
    page.evaluate(
      `JSON.parse(localStorage.getItem('chart-drawings'))['bitcoin usd'].map(({ from }) => from.at)`,
    );
  expect(new Set((await places()) as readonly number[]).size).toBe(1);
  await drag(page, [400, 300], [450, 300]);
  await expect.poll(async () => new Set((await places()) as readonly number[]).size).toBe(2);
  await expect(drawings).toHaveCount(tools.length);
});

test('moves from candle to candle with keys, and announces each', async () => {
  const page = await charts.open({});
  // Until it is drawn, the chart has no candles to move to.
  await expect(page.getByTestId('last-price')).toBeVisible();
  await surface(page).focus();
  const spoken = page.getByTestId('chart-spoken');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(spoken).toHaveText(/^12 Jun 2026, 1[34]:\d\d: \$57,\d+\.\d\d, .\d\.\d\d%$/);
  const announced = await spoken.textContent();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(spoken).not.toHaveText(announced ?? '');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(spoken).toHaveText(announced ?? '');
  // Beyond the visible candles, the chart moves along.
  for (let zoom = 0; zoom < 12; zoom++) await page.keyboard.press('+');
  await expect.poll(async () => (await shown(page)).count).toBeLessThan(15);
  await page.mouse.move(500, 300);
  await surface(page).focus();
  const minuteOf = async (): Promise<number> =>
    Number(/:(\d\d): /.exec((await spoken.textContent()) ?? '')?.[1]);
  await expect(spoken).not.toHaveText(announced ?? '');
  const pointed = await spoken.textContent();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(spoken).not.toHaveText(pointed ?? '');
  const begun = await minuteOf();
  for (let step = 0; step < 20; step++) await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(minuteOf).toBe((begun + 40) % 60);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('crosshair')).toHaveCount(0);
});

test('describes its content in words and as a table', async () => {
  const page = await charts.open({ query: 'state=alerts' });
  await expect(summary(page)).toHaveText(
    /^\d+ candles from .+ to .+\. From \$[\d,.]+ to \$[\d,.]+, .+%\. Highest .+, lowest .+\. \d+ alerts, the last: .+\.$/,
  );
  await page.getByRole('button', { name: 'Candles as a table' }).press('Enter');
  const { count } = await shown(page);
  await expect(page.getByRole('row')).toHaveCount(count + 1);
});

test('plays the visible closes as tones, from the keyboard and the menu, until Escape', async () => {
  const page = await charts.open({});
  const csv = await shownRows(page);
  const closes = csv.slice(1).map((row) => Number(row[4]));
  // Records the input of the browser's audio.
  await page.evaluate(`{
    window.curves = [];
    window.states = [];
    const { setValueCurveAtTime } = AudioParam.prototype;
    AudioParam.prototype.setValueCurveAtTime = function (values, at, seconds) {
      curves.push({ hertz: [...values], seconds });
      return setValueCurveAtTime.call(this, values, at, seconds);
    };
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (at) {
      this.context.onstatechange = () => states.push(this.context.state);
      return start.call(this, at);
    };
  }`);
  const curves = () =>
    page.evaluate('curves') as Promise<readonly { hertz: readonly number[]; seconds: number }[]>;
  const isClosed = () => page.evaluate(`states.filter((state) => state === 'closed').length`);
  await surface(page).focus();
  await page.keyboard.press('p');
  await expect.poll(async () => (await curves()).length).toBe(1);
  const { hertz = [], seconds } = (await curves())[0] ?? {};
  expect(seconds).toBeLessThanOrEqual(5);
  expect(hertz).toHaveLength(closes.length);
  const ranked = (values: readonly number[]): readonly number[] =>
    values.map((_, index) => index).sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0));
  expect(ranked(hertz)).toEqual(ranked(closes));
  await page.keyboard.press('Escape');
  await expect.poll(isClosed).toBe(1);

  await page.getByRole('button', { name: 'View' }).click();
  await page.getByRole('button', { name: 'Play as tones' }).click();
  await expect(page.getByRole('button', { name: 'Stop the tones' })).toBeVisible();
  await page.keyboard.press('Escape');
  // The menu is still open.
  await expect(page.getByRole('button', { name: 'Play as tones' })).toBeVisible();
  await expect.poll(isClosed).toBe(2);
  await expect(summary(page)).toContainText('P on the chart plays the closes as tones');
});

test('shows times in another time zone', async () => {
  for (const [zone, time] of [
    ['UTC', '12 Jun 2026, 12:00'],
    ['Pacific/Apia', '13 Jun 2026, 01:00'],
    ['America/Los_Angeles', '12 Jun 2026, 05:00'],
  ] as const) {
    const page = await charts.open({ settings: { zone } });
    await expect(readout(page, 'Time')).toHaveText(time);
    await expect(page.locator('.recharts-xAxis-tick-labels')).toContainText(time.slice(-5));
  }
});

test('counts down to the close, and shows the date of an old price on a grey background', async () => {
  const page = await charts.open({});
  const tag = page.getByTestId('last-price');
  await expect(tag).toContainText('0:30');
  await page.evaluate('chartPage.advance(10_000)');
  await expect(tag).toContainText('0:20');
  // The candle has closed, and there is no price in the next one.
  await page.evaluate('chartPage.advance(30_000)');
  await expect(tag).toContainText('0:00');
  await page.evaluate('chartPage.price("bitcoin", 57_400)');
  await expect(tag).toContainText('57,400.00');
  await expect(tag).toContainText('0:50');
  await page.evaluate('chartPage.advance(600_000)');
  await expect(tag).toHaveAttribute('data-tone', 'stale');
  await expect(tag).toContainText('14:01');
});

test('updates only its readout and the price tag for a new price', async () => {
  const page = await charts.open({ settings: { studies: [{ id: 'sma', params: {} }] } });
  await expect(page.getByTestId('last-price')).toBeVisible();
  const close = Number((await readout(page, 'C').textContent())?.replaceAll(',', ''));
  const changed = (await page.evaluate(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const changed = new Set();
    const observer = new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        const place = element.closest(
          '[data-testid="last-price"], [data-testid="chart-readout"], [data-testid="chart-summary"]',
        );
        changed.add(place?.dataset.testid ?? element.outerHTML.slice(0, 200));
      }
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    // The parts of the chart appear one after another.
    for (let still = 0; still < 30; still++) {
      await frame();
      if (changed.size > 0) still = 0;
      changed.clear();
    }
    for (const factor of [1.00001, 0.99999, 1.00002]) {
      chartPage.price('bitcoin', ${close} * factor);
      await frame();
      await frame();
    }
    observer.disconnect();
    return [...changed];
  })()`)) as readonly string[];
  // The summary is updated once a second, which may be now.
  expect(changed.filter((place) => place !== 'chart-summary').toSorted()).toEqual([
    'chart-readout',
    'last-price',
  ]);
  await expect(readout(page, 'C')).toHaveText((close * 1.00002).toLocaleString('en-US', TWO_DECIMALS));
  // Texts that are read rather than watched are updated a little later.
  await page.evaluate(`chartPage.price('bitcoin', ${close} * 1.00003)`);
  await expect(summary(page)).toContainText((close * 1.00003).toLocaleString('en-US', TWO_DECIMALS));
});

test('has tags in the unit of its price axis, and adds the price if the axis is in per cent', async () => {
  for (const [priceMode, tag, atPointer] of [
    ['linear', /^57,\d{3}\.\d\d0:30$/, /^57,\d{3}\.\d\d[+−]\d\.\d\d%/],
    ['percent', /^[+−]?\d\.\d\d%0:30$/, /^[+−]\d\.\d\d%57,\d{3}\.\d\d/],
  ] as const) {
    const page = await charts.open({ settings: { priceMode } });
    await expect(page.getByTestId('last-price')).toHaveText(tag);
    await surface(page).hover({ position: { x: 400, y: 60 } });
    await expect(page.getByTestId('crosshair')).toHaveText(atPointer);
  }
});

test('draws no tick of the price axis below the last price', async () => {
  const page = await charts.open({});
  await expect(page.getByTestId('last-price')).toBeVisible();
  // As text, because tests are compiled without the types of a browser.
  const covered = await page.evaluate(`{
    const tag = document.querySelector('[data-testid="last-price"] rect').getBoundingClientRect();
    [...document.querySelectorAll('.recharts-yAxis-tick-labels text')].filter((text) => {
      const box = text.getBoundingClientRect();
      return box.bottom > tag.top && box.top < tag.bottom && getComputedStyle(text).visibility !== 'hidden';
    }).length;
  }`);
  expect(covered).toBe(0);
});

test('hides labels below its last price only on its own axis', async () => {
  const page = await charts.open({
    size: { width: 1_300, height: 700 },
    kept: {
      'chart-grid': {
        size: 2,
        links: { coin: false, interval: false, time: false },
        others: [{ coinId: 'zcash', interval: '1h' }],
      },
    },
  });
  await expect(page.getByTestId('last-price')).toHaveCount(2);
  const wrong = `[...document.querySelectorAll('[data-testid="candle-chart"]')].map((chart) => {
    const tag = chart.querySelector('[data-testid="last-price"] rect').getBoundingClientRect();
    const labels = [...chart.querySelectorAll('.recharts-yAxis-tick-labels text')];
    return labels.filter((text) => {
      const box = text.getBoundingClientRect();
      const isCovered = box.bottom > tag.top && box.top < tag.bottom;
      const isFar = box.bottom < tag.top - 8 || box.top > tag.bottom + 8;
      const isHidden = getComputedStyle(text).visibility === 'hidden';
      return (isCovered && !isHidden) || (isFar && isHidden);
    }).length;
  })`;
  await expect.poll(() => page.evaluate(wrong)).toEqual([0, 0]);
  // The tag moves along the axis and passes several labels.
  const close = Number((await readout(page, 'C').first().textContent())?.replaceAll(',', ''));
  for (const factor of [0.9995, 1.0005, 1.001]) {
    await page.evaluate(`chartPage.price('bitcoin', ${close * factor})`);
    await expect(page.getByTestId('last-price').first()).toContainText(
      (close * factor).toLocaleString('en-US', TWO_DECIMALS),
    );
    await expect.poll(() => page.evaluate(wrong)).toEqual([0, 0]);
  }
});

test('scrolls the page with the wheel until the chart is used', async () => {
  const page = await charts.open({ size: { width: 380, height: 400 } });
  await expect(readout(page, 'Time')).toBeVisible();
  await page.addStyleTag({ content: 'body { padding-bottom: 900px }' });
  const before = await shown(page);
  await page.evaluate('document.activeElement?.blur()');
  await page.mouse.move(150, 300);
  await page.mouse.wheel(0, 200);
  await expect.poll(() => page.evaluate('window.scrollY')).toBeGreaterThan(0);
  await page.evaluate('window.scrollTo(0, 0)');
  await surface(page).focus();
  // A browser sends further wheel events to the same element until the pointer has moved.
  await page.mouse.move(180, 280);
  await page.mouse.wheel(0, -300);
  await expect.poll(async () => (await shown(page)).count).toBeLessThan(before.count);
});

test('has candles of any length, and ranges up to the whole history', async () => {
  const page = await charts.open({});
  await page.getByRole('button', { name: 'Other interval' }).click();
  await page.getByLabel('Candles of').fill('0m');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('alert')).toContainText('minutes, hours, days or weeks');
  await page.getByLabel('Candles of').fill('45m');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('group', { name: /45m candles/ })).toBeVisible();
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await expect.poll(async () => (await shown(page)).count, { timeout: 30_000 }).toBe(1_400);
});

test('draws two charts with a common coin', async () => {
  const page = await charts.open({ size: { width: 1_300, height: 700 } });
  await page.getByRole('button', { name: 'Charts', exact: true }).click();
  await page.getByRole('button', { name: 'Two' }).click();
  await page.getByLabel('Same coin').check();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('candle-chart')).toHaveCount(2);
  await page.getByLabel('Coin of this chart').selectOption('zcash');
  await expect(page.getByRole('heading', { name: /Zcash/ })).toHaveCount(2);
});

test('can be shared as a picture with its title and source, and as a link', async () => {
  const settings = { studies: [{ id: 'sma', params: {} }], compared: ['ethereum'] };
  const page = await charts.open({ settings });
  await expect(readout(page, 'Ethereum')).toBeVisible();
  await page.getByRole('button', { name: 'Share' }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'SVG' }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe('bitcoin-usd-1m-2026-06-12.svg');
  const svg = readFileSync(await download.path(), 'utf8');
  expect(svg).toContain('Bitcoin / USD, 1m');
  expect(svg).toContain('Prices of CoinGecko.');
  for (const name of ['Bitcoin', 'Ethereum', 'SMA 20']) expect(svg).toContain(`>${name}</text>`);
  expect(svg.match(/<rect /g)?.length).toBeGreaterThan(100);
  const savingPng = page.waitForEvent('download');
  await page.getByRole('button', { name: 'PNG' }).click();
  const png = readFileSync(await (await savingPng).path());
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBe(2_000);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Link' }).click();
  await expect(page.getByText('The link is on the clipboard.')).toBeVisible();
  expect(await page.evaluate('navigator.clipboard.readText()')).toContain('#chart?coin=bitcoin&interval=1m');
});

test('selects the alert of a clicked marker', async () => {
  const page = await charts.open({ query: 'state=alerts' });
  const marker = page.getByTestId('alert-marker').first();
  await marker.locator('[data-clickable]').dispatchEvent('click');
  await expect(page.locator('[data-testid="alert-marker"][data-chosen]')).toHaveCount(1);
});

test('shows the number and the list of a candle’s alerts, and moves from one to the next with clicks', async () => {
  const page = await charts.open({ query: 'state=crowd' });
  const markers = page.getByTestId('alert-marker');
  await expect(markers).toHaveCount(2);
  // Seven alerts are of a rise, one has no direction, and another is of a fall.
  const rise = markers.filter({ hasText: '8 alerts' });
  await expect(rise.locator('title')).toHaveText(/^8 alerts\n(.+\n){6}and 2 more, in the list of alerts$/);
  await expect(rise.locator('text')).toHaveText('8');
  const chosen = page.locator('[data-testid="alert-marker"][data-chosen] circle');
  await expect(chosen).toHaveCount(0);
  const clicked = await page.evaluate(`(async () => {
    const seen = [];
    for (let click = 0; click < 7; click++) {
      const marker = [...document.querySelectorAll('[data-testid="alert-marker"]')]
        .find((one) => one.textContent.startsWith('8 alerts'));
      marker.querySelector('[data-clickable]').dispatchEvent(new MouseEvent('click', { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      seen.push(document.querySelector('[data-testid="alert-marker"][data-chosen]')?.dataset.alert);
    }
    return seen;
  })()`);
  expect(clicked).toEqual([
    'volume-13',
    'level-12',
    'moving-average-8',
    'moving-average-7',
    'moving-average-6',
    'moving-average-5',
    'volume-13',
  ]);
  await expect(summary(page)).toContainText('9 alerts');
});

test('shows the sources of its candles, and where they change', async () => {
  const page = await charts.open({ query: 'state=sources' });
  const legend = page.getByTestId('source-legend');
  await expect(legend).toHaveText('Prices: CoinGecko, then Kraken from 12 Jun, 13:00');
  await expect(readout(page, 'From')).toHaveText('Kraken');
  await expect(summary(page)).toContainText('Prices of CoinGecko and Kraken.');
  await surface(page).hover({ position: { x: 100, y: 150 } });
  await expect(readout(page, 'From')).toHaveText('CoinGecko');
  const [header, ...rows] = await shownRows(page);
  const at = header?.indexOf('source') ?? -1;
  expect(new Set(rows.map((row) => row[at]))).toEqual(new Set(['coingecko', 'kraken']));
  // A single source is not shown.
  await drag(page, [100, 300], [880, 300]);
  await expect(legend).toHaveCount(0);
  await page.mouse.move(0, 0);
  await expect(readout(page, 'From')).toHaveCount(0);
});
