import { type CDPSession, chromium, type Page } from 'playwright';
import { findChromium } from '../../scripts/find-chromium.ts';
import { servePages } from '../../tests/chart-page/serve-pages.ts';
import { type BenchResult, median, percentile } from '../result.ts';
import { codeSize } from './code-size.ts';

const SIZE = { width: 1_200, height: 640 };
/** Rounds alternate between the charts, and results are medians, so that a disturbance of one round does not count. */
const ROUNDS = 7;
const LOADS = 5;
/** Rounds of price updates; each gives a mean and a percentile. */
const TICK_ROUNDS = 8;
const TICKS = 60;
/** A drag there and back, in steps as large as a hand moves in a frame. */
const STEPS = 60;
const STEP_PX = 9;
/** A chart finishes its animation after the mouse button is released, before the next round. */
const REST_MS = 600;

type Figures = {
  readonly fps: number;
  readonly worstFrameMs: number;
  readonly scriptMs: number;
  readonly mainThreadMs: number;
};
/** The cost of a price update in milliseconds: of script alone, and of all work of the main thread until it is painted. */
type Ticks = { readonly script: Cost; readonly all: Cost };
type Cost = { readonly p95: number; readonly mean: number };
type Measured = {
  readonly load: readonly number[];
  readonly pan: readonly Figures[];
  readonly pan5000: readonly Figures[];
  readonly ticks: readonly Ticks[];
};

/**
 * Compares the chart with one of lightweight-charts that draws the same: 20,000 candles with volume and three averages. Both
 * receive the same mouse events, alternately.
 */
export async function benchChart(): Promise<readonly BenchResult[]> {
  const pages = await servePages(import.meta.dirname, ['ours.html', 'theirs.html']);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-background-networking'],
  });
  const open = async (name: string): Promise<Page> => {
    const page = await browser.newPage({ viewport: SIZE });
    page.on('pageerror', (error) => process.stderr.write(`${name}: ${error.stack ?? error.message}\n`));
    await page.goto(`${pages.url}/${name}.html`);
    await page.waitForFunction('window.benched !== undefined');
    return page;
  };
  try {
    const ours = await open('ours');
    const theirs = await open('theirs');
    const inTurns = async <T>(work: (page: Page) => Promise<T>, rounds: number) => {
      const results: { ours: T[]; theirs: T[] } = { ours: [], theirs: [] };
      // The first round warms up: V8 compiles the code.
      for (let round = -1; round < rounds; round++) {
        for (const [key, page] of [
          ['ours', ours],
          ['theirs', theirs],
        ] as const) {
          await page.bringToFront();
          const result = await work(page);
          if (round >= 0) results[key].push(result);
        }
      }
      return results;
    };
    const show = (bars: number) => inTurns((page) => page.evaluate(`window.benched.show(${bars})`), 0);
    const load = await inTurns((page) => page.evaluate('window.benched.load()') as Promise<number>, LOADS);
    await show(500);
    const pan = await inTurns(panFigures, ROUNDS);
    await show(500);
    const ticks = await inTurns(tickCosts, TICK_ROUNDS);
    await show(5_000);
    const pan5000 = await inTurns(panFigures, 3);
    const of = (key: 'ours' | 'theirs'): Measured => ({
      load: load[key],
      pan: pan[key],
      pan5000: pan5000[key],
      ticks: ticks[key],
    });
    return [...resultsOf(of('ours'), of('theirs')), await codeSize()];
  } finally {
    await browser.close();
    pages.close();
  }
}

/** A session that measures processor time, which other programs of the machine do not affect. */
async function metricsSession(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

async function panFigures(page: Page): Promise<Figures> {
  const session = await metricsSession(page);
  const y = 200;
  await page.mouse.move(300, y);
  await page.mouse.down();
  await page.evaluate('window.startFrames()');
  const before = await metricsOf(session);
  const at = performance.now();
  for (let step = 1; step <= 2 * STEPS; step++) {
    const steps = step <= STEPS ? step : 2 * STEPS - step;
    await page.mouse.move(300 + steps * STEP_PX, y);
  }
  const seconds = (performance.now() - at) / 1_000;
  const after = await metricsOf(session);
  const frames = (await page.evaluate('window.stopFrames()')) as readonly number[];
  await page.mouse.up();
  await page.waitForTimeout(REST_MS);
  await session.detach();
  return {
    fps: frames.length / seconds,
    worstFrameMs: Math.max(...frames),
    scriptMs: ((after.script - before.script) * 1_000) / (2 * STEPS),
    mainThreadMs: ((after.task - before.task) * 1_000) / (2 * STEPS),
  };
}

/** The cost of a price update until it is painted, minus the cost of frames in which nothing changes. */
async function tickCosts(page: Page): Promise<Ticks> {
  const session = await metricsSession(page);
  const base = (await page.evaluate('window.lastClose')) as number;
  const frame = async (work: string) => {
    const before = await metricsOf(session);
    // Our chart shows a price as a number in one frame, and paints its candle in the next.
    await page.evaluate(
      `(async () => {
        ${work};
        for (let painted = 0; painted < 2; painted++) {
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        }
      })()`,
    );
    const after = await metricsOf(session);
    return { script: (after.script - before.script) * 1_000, all: (after.task - before.task) * 1_000 };
  };
  const empty: Awaited<ReturnType<typeof frame>>[] = [];
  const ticks: Awaited<ReturnType<typeof frame>>[] = [];
  for (let tick = 0; tick < TICKS; tick++) {
    empty.push(await frame('0'));
    ticks.push(await frame(`window.benched.tick(${base * (1 + ((tick % 7) - 3) * 1e-5)})`));
  }
  await session.detach();
  const idle = {
    script: median(empty.map(({ script }) => script)),
    all: median(empty.map(({ all }) => all)),
  };
  return {
    script: costOf(ticks.map(({ script }) => Math.max(0, script - idle.script))),
    all: costOf(ticks.map(({ all }) => Math.max(0, all - idle.all))),
  };
}

function costOf(times: readonly number[]): Cost {
  return { p95: percentile(times, 0.95), mean: times.reduce((sum, one) => sum + one, 0) / times.length };
}

async function metricsOf(session: CDPSession): Promise<{ readonly script: number; readonly task: number }> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { script: of('ScriptDuration'), task: of('TaskDuration') };
}

function resultsOf(ours: Measured, theirs: Measured): readonly BenchResult[] {
  const panned = (name: string, unit: string, pick: (figures: Figures) => number): BenchResult =>
    inPairs(name, unit, ours.pan.map(pick), theirs.pan.map(pick));
  const fps = ({ fps }: Figures): number => fps;
  const tick = (name: string, pick: (ticks: Ticks) => number): BenchResult =>
    inPairs(name, 'ms', ours.ticks.map(pick), theirs.ticks.map(pick));
  return [
    panned('panning 500 of 20,000', 'frames/s', fps),
    panned('panning, worst frame', 'ms', ({ worstFrameMs }) => worstFrameMs),
    panned('panning, script per move', 'ms', ({ scriptMs }) => scriptMs),
    panned('panning, main thread per move', 'ms', ({ mainThreadMs }) => mainThreadMs),
    inPairs('panning 5,000', 'frames/s', ours.pan5000.map(fps), theirs.pan5000.map(fps)),
    inPairs('load of 20,000 to painted', 'ms', ours.load, theirs.load),
    ...(['p95', 'mean'] as const).flatMap((figure) => [
      tick(`live tick, script, ${figure}`, ({ script }) => script[figure]),
      tick(`live tick with rendering, ${figure}`, ({ all }) => all[figure]),
    ]),
  ];
}

type Samples = readonly number[];

/** Medians of all rounds; the ratio is the median of the ratios within each round. */
function inPairs(name: string, unit: string, ours: Samples, theirs: Samples): BenchResult {
  const ratios = ours.map((one, round) => one / (theirs[round] ?? Number.NaN));
  return { name, value: median(ours), unit, ratio: median(ratios), ratioTo: 'lightweight-charts' };
}
