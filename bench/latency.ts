import {
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  watch,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCoins } from '../demo/coins.ts';
import { type DemoServer, startDemoServer } from '../demo/server.ts';
import { scaledClock, systemClock } from '../electron/monitor/time/clock.ts';
import type { EventMessage } from '../shared/contract/events.ts';
import { environmentFor, openPage, openSocket, startProgram, until } from '../tests/program.ts';
import { startDeadServer, webhookTo } from './dead-server.ts';
import { type Pixels, watchPixels } from './pixels.ts';
import { type BenchResult, percentile } from './result.ts';
import { buildTree, TREE, TREE_CLI } from './tree.ts';

/** Fast enough to fill windows of five minutes soon, and slow enough that a pause of the machine does not empty them. */
const SPEED = 20;
/** Rare for streamed coins, so that no poll coincides with a move: prices of an exchange that are far from CoinGecko's are dropped. */
const POLL_SECONDS: Readonly<Record<Way, number>> = { streaming: 3_600, polling: 10 };
/** They move in turn, so that the cooldown of each is over by its next turn: it allows three alerts in 15 minutes. */
const COINS = loadCoins(60).map(({ id }) => id);
const [SHOWN = '', ...MOVING] = COINS;
const BASE = 60_000;
const JUMP = 1.05;
const TRADE_GAP_MS = 25;
/** Before each move, the trades at the base price are spread over so many pauses, one trade per coin, so that no window is empty. */
const CALM_GAPS = 5;
const STREAMED_MOVES = 200;
const POLLED_MOVES = 120;
const WARM_UP_TRADES = 40;
const WARM_UP_POLLS = 12;
/** Far longer than any latency: the alert was not raised, because the machine paused and a window became empty. */
const NEVER_MS = 10_000;
/** If more are lost, the cause is another. */
const MAX_LOST = 10;
/** About as long as a line of alerts.txt. */
const LINE = Buffer.from(`${'x'.repeat(149)}\n`);

/** Milliseconds from the moment a price is served to each effect. The page's figures are of another coin's price than the line's. */
type Sample = { readonly lineMs: number; readonly pageMs: number; readonly pixelMs: number };

type Way = 'streaming' | 'polling';

/**
 * Milliseconds from the moment a price is served until its alert's line is in alerts.txt, until a page receives its event over the
 * WebSocket, and until a browser has painted it, through the built program: by polls (from the beginning of the provider's
 * response) and by trades of an exchange. Alternates with two comparisons: a plain append and fsync of a line after the same work
 * without an alert, and the same program with a webhook that never responds.
 */
export async function benchLatency(): Promise<readonly BenchResult[]> {
  buildTree();
  const besideStreams: number[] = [];
  const besidePolls: number[] = [];
  const [streamed = [], hindered = []] = await measure('streaming', STREAMED_MOVES, besideStreams);
  const [polled = []] = await measure('polling', POLLED_MOVES, besidePolls);
  const disk = [...besideStreams, ...besidePolls];
  return [
    ...[0.5, 0.99].map((share) => ({
      name: `disk: append and fsync, p${share * 100}`,
      value: percentile(disk, share),
      unit: 'ms',
      ratio: percentile(disk, share) / percentile(disk, 0.5),
      ratioTo: 'the median',
    })),
    ...resultsOf('streaming', streamed, besideStreams),
    ...rowsOf('streaming, a dead webhook: price to line', hindered, 'lineMs', 'without it', streamed),
    ...resultsOf('polling', polled, besidePolls),
  ];
}

function resultsOf(way: Way, samples: readonly Sample[], disk: readonly number[]): readonly BenchResult[] {
  const asSamples = disk.map((lineMs) => ({ lineMs }));
  return [
    ...rowsOf(`${way}: price to line on disk`, samples, 'lineMs', 'append and fsync', asSamples),
    ...rowsOf(`${way}: price to event at the page`, samples, 'pageMs'),
    ...rowsOf(`${way}: price to changed pixel`, samples, 'pixelMs'),
  ];
}

/** The median and the 99th percentile of a field, relative to those of `others`, or to the median. */
function rowsOf<Field extends keyof Sample>(
  name: string,
  samples: readonly Sample[],
  field: Field,
  ratioTo = 'the median',
  others?: readonly Pick<Sample, Field>[],
): readonly BenchResult[] {
  if (samples.length === 0) return [];
  const values = samples.map((sample) => sample[field]);
  return [0.5, 0.99].map((share) => ({
    name: `${name}, p${share * 100}`,
    value: percentile(values, share),
    unit: 'ms',
    ratio:
      percentile(values, share) /
      (others === undefined
        ? percentile(values, 0.5)
        : percentile(
            others.map((one) => one[field]),
            share,
          )),
    ratioTo,
  }));
}

/** Moves prices of programs in turn: of one without a webhook and, for streams, of one with a dead webhook. */
async function measure(way: Way, moves: number, disk: number[]): Promise<readonly (readonly Sample[])[]> {
  const dead = await startDeadServer();
  // Commits before channels ignore the webhook.
  const hasWebhooks = existsSync(join(TREE, 'electron/monitor/delivery/channels'));
  const subjects: Subject[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'bench-disk-'));
  const file = openSync(join(folder, 'lines.txt'), 'a');
  try {
    subjects.push(await startSubject(way, {}, true));
    if (way === 'streaming' && hasWebhooks)
      subjects.push(await startSubject(way, webhookTo(dead.url), false));
    // Immediately, because windows empty within seconds.
    await Promise.all(subjects.map(({ warmUp }) => warmUp()));
    const samples = subjects.map((): Sample[] => []);
    let lost = 0;
    for (let move = 0; move < moves; move++) {
      for (const [index, subject] of subjects.entries()) {
        const sample = await subject.move(move);
        if (sample !== null) samples[index]?.push(sample);
        else if (++lost > MAX_LOST)
          throw new Error(`${lost} moves of prices raised no alert, or were not shown.`);
        else await Promise.all(subjects.map(({ warmUp }) => warmUp()));
      }
      // Alternately with the moves, while the program does the same work.
      await subjects[move % subjects.length]?.stay(move, () => disk.push(appendTo(file)));
    }
    return samples;
  } finally {
    for (const subject of subjects) await subject.close();
    dead.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Appends a line and syncs it; returns the milliseconds. */
function appendTo(file: number): number {
  const startedAt = performance.now();
  writeSync(file, LINE);
  fsyncSync(file);
  return performance.now() - startedAt;
}

type Subject = {
  /** Sends base prices until all coins have enough of them for an average. */
  warmUp(): Promise<void>;
  /** Moves a coin's price; null if no alert was raised, or the price was not painted. */
  move(number: number): Promise<Sample | null>;
  /** Sends the same prices as a move but for the jump, and then does the work, in place of an alert. */
  stay(number: number, work: () => void): Promise<void>;
  close(): Promise<void>;
};

async function startSubject(
  way: Way,
  env: Readonly<Record<string, string>>,
  isShown: boolean,
): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-latency-'));
  const origin = Date.now();
  const servingAt: number[] = [];
  const market = await startDemoServer({
    clock: scaledClock(SPEED, origin),
    seed: 'latency',
    coins: loadCoins(COINS.length),
    record: true,
    onServing: () => void servingAt.push(performance.now()),
  });
  for (const coinId of COINS) market.setPrice(coinId, { price: BASE });
  const time = { speed: SPEED, origin, pollSeconds: POLL_SECONDS[way] };
  const environment = {
    ...environmentFor(folder, market.url, time, way === 'streaming' ? market.exchangeUrl : undefined),
    MONITOR_COINS: COINS.join(','),
    MONITOR_LOG_LEVEL: 'error',
    ...env,
  };
  const program = await startProgram(environment, [], 'new', TREE_CLI);
  let seen: Watch | undefined;
  let pixels: Pixels | undefined;
  const close = async (): Promise<void> => {
    seen?.close();
    await pixels?.close();
    await program.end('SIGTERM');
    await market.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const watched = await openWatch(program.url, folder);
    seen = watched;
    if (isShown) pixels = await watchPixels(program.url, SHOWN);
    const page = await openPage(program.url);
    await until(async () => (await page.status()).database.status === 'ready');
    const feed = way === 'streaming' ? tradesOf(market) : pollsOf(market, servingAt);
    if (way === 'streaming') {
      await until(async () => {
        await feed.rest();
        const { quotes } = await page.call('snapshot', {});
        return quotes.length === COINS.length && quotes.every(({ source }) => source === 'kraken');
      });
    }
    page.close();
    return {
      close,
      warmUp: feed.warmUp,
      async stay(number, work) {
        await feed.rest();
        await feed.move(MOVING[number % MOVING.length] ?? '', BASE, BASE);
        work();
      },
      async move(number) {
        await feed.rest();
        // Different for each move, which identifies its event; too near the base price to raise an alert.
        const shown = BASE + number + 1;
        const lines = watched.lines();
        const at = await feed.move(MOVING[number % MOVING.length] ?? '', BASE * JUMP, shown);
        const isThere = (): boolean =>
          watched.lines() > lines && (pixels === undefined || pixels.paintedAt(shown) !== undefined);
        await until(() => isThere() || performance.now() - at > NEVER_MS);
        feed.calm();
        if (!isThere()) {
          const what = watched.lines() > lines ? 'was not painted' : 'raised no alert';
          process.stderr.write(`${way}: move ${number} ${what}.\n`);
          return null;
        }
        return {
          lineMs: watched.lineAt() - at,
          pageMs: (watched.pageAt(shown) ?? Number.NaN) - at,
          pixelMs: (pixels?.paintedAt(shown) ?? Number.NaN) - performance.timeOrigin - at,
        };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Sends prices to a program. */
type Feed = {
  warmUp(): Promise<void>;
  /** Sends the base price of each coin. */
  rest(): Promise<void>;
  /** Returns the coin that moved last to the base price. */
  calm(): void;
  /** Moves a coin, and the shown one by less; returns the time, a value of `performance.now()`. */
  move(coinId: string, price: number, shown: number): Promise<number>;
};

function tradesOf(market: DemoServer): Feed {
  let moved = '';
  const rest = async (): Promise<void> => {
    for (let gap = 0; gap < CALM_GAPS; gap++) {
      for (let index = gap; index < COINS.length; index += CALM_GAPS)
        market.exchange.trade(COINS[index] ?? '', BASE);
      await systemClock.sleep(TRADE_GAP_MS);
    }
  };
  return {
    async warmUp() {
      for (let trade = 0; trade < WARM_UP_TRADES; trade++) await rest();
    },
    rest,
    calm: () => void market.exchange.trade(moved, BASE),
    async move(coinId, price, shown) {
      moved = coinId;
      const at = performance.now();
      market.exchange.trade(coinId, price);
      market.exchange.trade(SHOWN, shown);
      return at;
    },
  };
}

/** @param servingAt the times at which responses began to be written; grows with each response */
function pollsOf(market: DemoServer, servingAt: readonly number[]): Feed {
  let moved = '';
  const untilServed = async (coinId: string, price: number): Promise<void> => {
    const before = market.served().length;
    await until(() =>
      market
        .served()
        .slice(before)
        .some((one) => one.coinId === coinId && one.price === price),
    );
  };
  const rest = async (): Promise<void> => {
    // Sets a new time: a price that is served again with the same time is not new.
    for (const coinId of COINS) market.setPrice(coinId, { price: BASE });
    await untilServed(MOVING[0] ?? '', BASE);
  };
  return {
    async warmUp() {
      for (let poll = 0; poll < WARM_UP_POLLS; poll++) await rest();
    },
    rest,
    calm: () => void market.setPrice(moved, { price: BASE }),
    async move(coinId, price, shown) {
      moved = coinId;
      market.setPrice(SHOWN, { price: shown });
      market.setPrice(coinId, { price });
      const movedAt = performance.now();
      await untilServed(coinId, price);
      return servingAt.find((at) => at >= movedAt) ?? Number.NaN;
    },
  };
}

type Watch = Awaited<ReturnType<typeof openWatch>>;

/** Notes when alerts.txt has a new line, and when a page receives a price. */
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
