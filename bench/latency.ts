import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoServer, startDemoServer } from '../demo/server.ts';
import { scaledClock, systemClock } from '../electron/monitor/time/clock.ts';
import { buildIfNeeded } from '../scripts/build-if-needed.ts';
import type { EventMessage } from '../shared/contract/events.ts';
import { environmentFor, openPage, openSocket, startProgram, until } from '../tests/program.ts';
import { watchPixels } from './pixels.ts';
import { type BenchResult, percentile } from './result.ts';

/** A minute of the market's time in a second: windows of five minutes fill while one waits. */
const SPEED = 60;
const POLL_SECONDS = 10;
const BASE = 60_000;
/** Calm prices between two moves, so that the average stays near the base and the rule is armed again. */
const CALM_PRICES = 5;
const TRADE_GAP_MS = 25;
const STREAMED_MOVES = 100;
const POLLED_MOVES = 30;
const WARM_UP = 40;

/** When a price was served, in `performance.now()`, and when what follows from it was seen. */
type Sample = { readonly lineMs: number; readonly pageMs: number; readonly pixelMs: number };

/**
 * Milliseconds from a price being served to its alert's line in alerts.txt, to its event at a page's end of the
 * WebSocket, and to its painting in a browser, through the built program: by polls (from the end of the provider's answer)
 * and by trades of an exchange.
 */
export async function benchLatency(): Promise<readonly BenchResult[]> {
  buildIfNeeded();
  const streamed = await measure('streaming');
  const polled = await measure('polling');
  return [...resultsOf('streaming', streamed), ...resultsOf('polling', polled)];
}

const NAMES: Readonly<Record<keyof Sample, string>> = {
  lineMs: 'line on disk',
  pageMs: 'event at the page',
  pixelMs: 'changed pixel',
};

function resultsOf(way: string, samples: readonly Sample[]): readonly BenchResult[] {
  return (['lineMs', 'pageMs', 'pixelMs'] as const).flatMap((field) => {
    const values = samples.map((sample) => sample[field]);
    const middle = percentile(values, 0.5);
    const what = NAMES[field];
    return [0.5, 0.99].map((share) => ({
      name: `${way}: price to ${what}, p${share * 100}`,
      value: percentile(values, share),
      unit: 'ms',
      ratio: percentile(values, share) / middle,
      ratioTo: 'the median',
    }));
  });
}

async function measure(way: 'streaming' | 'polling'): Promise<readonly Sample[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-latency-'));
  const origin = Date.now();
  let servedAt = 0;
  const market = await startDemoServer({
    clock: scaledClock(SPEED, origin),
    seed: 'latency',
    record: true,
    onServed: () => {
      servedAt = performance.now();
    },
  });
  market.setPrice('bitcoin', { price: BASE });
  const time = { speed: SPEED, origin, pollSeconds: POLL_SECONDS };
  const program = await startProgram({
    ...environmentFor(folder, market.url, time, way === 'streaming' ? market.exchangeUrl : undefined),
    MONITOR_COINS: 'bitcoin',
    MONITOR_LOG_LEVEL: 'error',
  });
  const seen = await openWatch(program.url, folder);
  const pixels = await watchPixels(program.url, 'bitcoin');
  try {
    const page = await openPage(program.url);
    await until(async () => (await page.status()).database.status === 'ready');
    if (way === 'streaming') {
      await until(async () =>
        (await page.status()).exchanges?.streams.some(({ status }) => status === 'live'),
      );
    }
    page.close();
    const say = way === 'streaming' ? tradeAt(market) : servePolled(market, () => servedAt);
    for (let index = 0; index < WARM_UP; index++) await say(BASE);
    const samples: Sample[] = [];
    const moves = way === 'streaming' ? STREAMED_MOVES : POLLED_MOVES;
    for (let move = 0; move < moves; move++) {
      for (let calm = 0; calm < CALM_PRICES; calm++) await say(BASE);
      // Each its own price, by which the page's event is known.
      const price = BASE * 1.05 + move;
      const lines = seen.lines();
      const at = await say(price);
      await until(() => seen.lines() > lines && pixels.paintedAt(price) !== undefined);
      samples.push({
        lineMs: seen.lineAt() - at,
        pageMs: (seen.pageAt(price) ?? Number.NaN) - at,
        pixelMs: (pixels.paintedAt(price) ?? Number.NaN) - performance.timeOrigin - at,
      });
    }
    return samples;
  } finally {
    seen.close();
    await pixels.close();
    await program.end('SIGTERM');
    await market.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes a trade; returns when. */
function tradeAt(market: DemoServer): (price: number) => Promise<number> {
  return async (price) => {
    await systemClock.sleep(TRADE_GAP_MS);
    const at = performance.now();
    market.exchange.trade('bitcoin', price);
    return at;
  };
}

/** Sets the price and waits until it was served; returns when the answer ended. */
function servePolled(market: DemoServer, servedAt: () => number): (price: number) => Promise<number> {
  return async (price) => {
    market.setPrice('bitcoin', { price });
    const before = market.served().length;
    await until(() =>
      market
        .served()
        .slice(before)
        .some((one) => one.price === price),
    );
    return servedAt();
  };
}

/** Notes when lines come to alerts.txt and prices to a page. */
async function openWatch(url: string, folder: string) {
  const { socket } = await openSocket(url);
  const pageTimes = new Map<number, number>();
  let lineCount = 0;
  let lineTime = 0;
  socket.on('message', (data) => {
    const at = performance.now();
    const message = JSON.parse(data.toString()) as EventMessage;
    if (message.event !== 'prices') return;
    for (const { price } of message.payload)
      if (price !== null && !pageTimes.has(price)) pageTimes.set(price, at);
  });
  const watcher = watch(folder, (_event, name) => {
    if (name !== 'alerts.txt') return;
    const at = performance.now();
    const count = readFileSync(join(folder, name), 'utf8').split('\n').length - 1;
    if (count <= lineCount) return;
    lineCount = count;
    lineTime = at;
  });
  return {
    lines: () => lineCount,
    lineAt: () => lineTime,
    pageAt: (price: number) => pageTimes.get(price),
    close() {
      watcher.close();
      socket.close();
    },
  };
}
