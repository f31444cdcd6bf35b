import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCoins } from '../demo/coins.ts';
import { startDemoServer } from '../demo/server.ts';
import { systemClock } from '../electron/monitor/time/clock.ts';
import { environmentFor, openPage, startProgram, until } from '../tests/program.ts';
import { TEN_RULES } from './alerts.ts';
import type { BenchResult } from './result.ts';
import { buildTree, TREE, TREE_CLI } from './tree.ts';

const COINS = loadCoins(500);
/** Each coin trades once a second on average. */
const TRADES_PER_SECOND = COINS.length;
const STEP_MS = 5;
const WARM_UP_SECONDS = 30;
const SECONDS = 120;
/** How often another page is opened. */
const OPEN_PAGE_EVERY_SECONDS = 5;
/** Jumps of less than the alert rule's 2%. */
const WOBBLE = 0.001;
const LIMIT_MS = 50;

/** The delays and steps of the main process's event loop, in milliseconds. */
export type EventLoopFigures = {
  /** How late a timer fired. */
  readonly delayMs: Readonly<Record<'p50' | 'p99' | 'p999' | 'max', number>>;
  /** Processor time of the thread between two ticks of a timer of 5 ms: an upper bound of a single step. */
  readonly workMs: Readonly<Record<'p999' | 'max', number>>;
  readonly samples: number;
};

/**
 * How long a single step occupies the main process of the built program while 500 coins are streamed and a page shows them: the
 * histogram of its event loop's delay. All work of this process runs in its event loop, so a long step delays alerts, clicks and
 * pages alike. Measured with the default rule, and with ten rules of different kinds for each coin.
 */
export async function benchEventLoop(): Promise<readonly BenchResult[]> {
  buildTree();
  const figures = rows('event loop', await measure({}));
  // Commits before rule kinds have only the default rule.
  if (!existsSync(join(TREE, 'shared/domain/rule.ts'))) return figures;
  const others = TEN_RULES.filter(({ kind }) => kind !== 'moving-average');
  const tenRules = { MONITOR_RULES: JSON.stringify(others) };
  return [...figures, ...rows('event loop, ten rules', await measure(tenRules))];
}

async function measure(rules: Readonly<Record<string, string>>): Promise<EventLoopFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-event-loop-'));
  const market = await startDemoServer({ clock: systemClock, seed: 'event loop', coins: COINS });
  const figuresPath = join(folder, 'event-loop.json');
  const environment = {
    ...environmentFor(
      folder,
      market.url,
      { speed: 1, origin: Date.now(), pollSeconds: 60 },
      market.exchangeUrl,
    ),
    MONITOR_COINS: COINS.map(({ id }) => id).join(','),
    MONITOR_LOG_LEVEL: 'error',
    EVENT_LOOP_FIGURES: figuresPath,
    NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'event-loop-probe.ts'))}`,
    ...rules,
  };
  const program = await startProgram(environment, [], 'new', TREE_CLI);
  const figures = async (): Promise<EventLoopFigures> => {
    rmSync(figuresPath, { force: true });
    process.kill(program.pid, 'SIGUSR2');
    return until(() => {
      try {
        return JSON.parse(readFileSync(figuresPath, 'utf8')) as EventLoopFigures;
      } catch {
        return null; // not written yet
      }
    });
  };
  try {
    // Discards the start: loading the program's code is one long step, but nothing else waits for it.
    await figures();
    const page = await openPage(program.url);
    await until(async () => {
      const { quotes, status } = await page.call('snapshot', {});
      const isStreamed = quotes.length === COINS.length && quotes.every(({ source }) => source === 'kraken');
      if (!isStreamed) for (const { id, priceUsd } of COINS) market.exchange.trade(id, priceUsd);
      return status.database.status === 'ready' && isStreamed;
    });
    const run = async (seconds: number): Promise<EventLoopFigures> => {
      for (let second = 0; second < seconds; second++) {
        await tradeForASecond(market.exchange.trade);
        if (second % OPEN_PAGE_EVERY_SECONDS === 0) await openAnotherPage(program.url, second);
      }
      return figures();
    };
    await run(WARM_UP_SECONDS);
    const streaming = await run(SECONDS);
    page.close();
    return streaming;
  } finally {
    await program.end('SIGTERM');
    await market.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a page requests when it is opened and a coin is chosen. */
async function openAnotherPage(url: string, turn: number): Promise<void> {
  const page = await openPage(url);
  await page.call('snapshot', {});
  await page.call('alerts', { limit: 100 });
  await page.call('candles', { coinId: COINS[turn % COINS.length]?.id ?? '', interval: '1m', limit: 500 });
  page.close();
}

function rows(name: string, { delayMs, workMs }: EventLoopFigures): readonly BenchResult[] {
  const row = (what: string, value: number): BenchResult => ({
    name: `${name}: ${what}`,
    value,
    unit: 'ms',
    ratio: value / LIMIT_MS,
    ratioTo: `the ${LIMIT_MS} ms allowed`,
  });
  return [
    row('delay, p50', delayMs.p50),
    row('delay, p99', delayMs.p99),
    row('delay, p99.9', delayMs.p999),
    row('delay, max', delayMs.max),
    row('work in one go, p99.9', workMs.p999),
    row('work in one go, max', workMs.max),
  ];
}

/** Trades of all coins in turn, spread evenly over a second. */
async function tradeForASecond(trade: (coinId: string, price: number) => unknown): Promise<void> {
  const startedAt = performance.now();
  for (let made = 0; made < TRADES_PER_SECOND; ) {
    const due = Math.min(TRADES_PER_SECOND, ((performance.now() - startedAt) * TRADES_PER_SECOND) / 1_000);
    for (; made < due; made++) {
      const coin = COINS[made % COINS.length];
      if (coin !== undefined) trade(coin.id, coin.priceUsd * (1 + Math.sin(startedAt + made) * WOBBLE));
    }
    await systemClock.sleep(STEP_MS);
  }
}
