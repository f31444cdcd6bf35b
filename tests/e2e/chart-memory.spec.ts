import { type CDPSession, expect, test } from '@playwright/test';
import { openChart, serveChartPage } from './chart-page.ts';

const STEP_MS = 10_000;
const STEPS_PER_MINUTE = 60_000 / STEP_MS;
const STUDIES = [
  { id: 'sma', params: {} },
  { id: 'rsi', params: {} },
];

test('uses no more memory, nodes and listeners after eight hours than after ten minutes', async ({
  browser,
}) => {
  const pages = await serveChartPage();
  try {
    const page = await openChart(browser, pages, { settings: { studies: STUDIES } });
    await expect(page.getByTestId('last-price')).toBeVisible();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    /** Lets so many minutes pass, with a price every ten seconds. */
    const pass = (minutes: number, stepsPerFrame = STEPS_PER_MINUTE) =>
      page.evaluate(`(async () => {
        for (let step = 0; step < ${minutes * STEPS_PER_MINUTE}; step++) {
          chartPage.advance(${STEP_MS});
          chartPage.price('bitcoin', 57_000 + 300 * Math.sin(step / 40));
          if (step % ${stepsPerFrame} === 0) await new Promise(requestAnimationFrame);
        }
      })()`);
    const move = async (): Promise<void> => {
      await page.mouse.move(300, 300);
      await page.mouse.down();
      await page.mouse.move(500, 300, { steps: 5 });
      await page.mouse.move(250, 300, { steps: 5 });
      await page.mouse.up();
    };
    // The first ten minutes include as many actions as several hours, so that all code has run by then.
    for (let round = 0; round < 9; round++) await move();
    await pass(10, 1);
    const early = await measured(session);
    for (let hour = 0; hour < 8; hour++) {
      await move();
      await pass(hour === 7 ? 50 : 60);
    }
    const late = await measured(session);
    expect(late.nodes).toBeLessThanOrEqual(early.nodes + 20);
    // A few listeners depend on the element under the pointer. A leak would be at least one per drag, of which there are eight.
    expect(late.listeners).toBeLessThanOrEqual(early.listeners + 4);
    expect(late.heap).toBeLessThanOrEqual(early.heap * 1.1);
  } finally {
    pages.close();
  }
});

async function measured(session: CDPSession) {
  // First, because it collects the garbage, which the other figures would include.
  const heap = await heapOf(session);
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { heap, nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

type Snapshot = {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[]];
    };
  };
  readonly nodes: readonly number[];
};

/** The bytes of the page's own objects, without code, which V8 caches, and without the browser's lists of slow events. */
async function heapOf(session: CDPSession): Promise<number> {
  const chunks: string[] = [];
  const onChunk = ({ chunk }: { readonly chunk: string }): void => void chunks.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', onChunk);
  await session.send('HeapProfiler.takeHeapSnapshot');
  session.off('HeapProfiler.addHeapSnapshotChunk', onChunk);
  const { snapshot, nodes } = JSON.parse(chunks.join('')) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')];
  const others = new Set(['native', 'code'].map((name) => types[0].indexOf(name)));
  let bytes = 0;
  for (let at = 0; at < nodes.length; at += fields.length) {
    if (!others.has(nodes[at + type] ?? -1)) bytes += nodes[at + size] ?? 0;
  }
  return bytes;
}
