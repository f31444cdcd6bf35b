import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoServer } from '../demo/server.ts';
import { systemClock } from '../electron/monitor/time/clock.ts';
import { buildIfNeeded } from '../scripts/build-if-needed.ts';
import { environmentFor, openPage, type Page, startProgram, until } from '../tests/program.ts';
import { type BenchResult, median } from './result.ts';

const COINS = ['bitcoin', 'ethereum', 'zcash'];
const PRICE = 100;
const TRADES_PER_SECOND = 1_000;
const STEP_MS = 5;
const WARM_UP_SECONDS = 20;
const SECONDS = 60;
/** Jumps of less than the alert rule's 2%. */
const WOBBLE = 0.001;

/**
 * A thousand trades a second over the exchange's WebSocket, through the built program: how many of them the candles count, how
 * often a coin's price is sent to a page, and how much the memory of the process grows from the beginning to the end, in MB.
 */
export async function benchStream(): Promise<readonly BenchResult[]> {
  buildIfNeeded();
  const folder = mkdtempSync(join(tmpdir(), 'bench-stream-'));
  const market = await startDemoServer({ clock: systemClock, seed: 'stream' });
  // Prices of an exchange that are far from CoinGecko's would be dropped.
  for (const coinId of COINS) market.setPrice(coinId, { price: PRICE });
  const time = { speed: 1, origin: Date.now(), pollSeconds: 60 };
  const program = await startProgram({
    ...environmentFor(folder, market.url, time, market.exchangeUrl),
    MONITOR_COINS: COINS.join(','),
    MONITOR_LOG_LEVEL: 'error',
  });
  try {
    const page = await openPage(program.url);
    await until(async () => {
      for (const coinId of COINS) market.exchange.trade(coinId, PRICE);
      const { quotes, status } = await page.call('snapshot', {});
      return status.database.status === 'ready' && quotes.every(({ source }) => source === 'kraken');
    });

    const countBefore = await settledTicks(page);
    const pricesBefore = pricesPublished(page);
    const memory: number[] = [];
    const startedAt = performance.now();
    let printed = 0;
    for (let second = 0; second < WARM_UP_SECONDS + SECONDS; second++) {
      printed += await tradeForASecond(market.exchange.trade, startedAt + second * 1_000);
      if (second >= WARM_UP_SECONDS) memory.push(residentMb(program.pid));
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const published = (pricesPublished(page) - pricesBefore) / COINS.length / seconds;
    const counted = (await settledTicks(page)) - countBefore;
    page.close();

    const first = median(memory.slice(0, SECONDS / 6));
    const last = median(memory.slice(-SECONDS / 6));
    return [
      {
        name: 'stream: trades in the candles',
        value: counted,
        unit: 'trades',
        ratio: counted / printed,
        ratioTo: 'the printed ones',
      },
      {
        name: 'stream: prices to the page',
        value: published,
        unit: 'a second and coin',
        ratio: published / 4,
        ratioTo: 'the limit',
      },
      { name: 'stream: memory', value: last, unit: 'MB', ratio: last / first, ratioTo: 'a minute before' },
    ];
  } finally {
    await program.end('SIGTERM');
    await market.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the trades of a second that began at `startedAt`, evenly; returns their number. */
async function tradeForASecond(
  trade: (coinId: string, price: number) => unknown,
  startedAt: number,
): Promise<number> {
  let made = 0;
  while (made < TRADES_PER_SECOND) {
    const due = Math.min(TRADES_PER_SECOND, ((performance.now() - startedAt) * TRADES_PER_SECOND) / 1_000);
    for (; made < due; made++) {
      trade(COINS[made % COINS.length] ?? '', PRICE * (1 + Math.sin(made) * WOBBLE));
    }
    await systemClock.sleep(STEP_MS);
  }
  return made;
}

/** The counted ticks once the last ones have arrived: they no longer change within a second. */
async function settledTicks(page: Page): Promise<number> {
  let counted = await countedTicks(page);
  for (;;) {
    await systemClock.sleep(1_000);
    const next = await countedTicks(page);
    if (next === counted) return counted;
    counted = next;
  }
}

/** Ticks of the exchange in the candles of today and yesterday. */
async function countedTicks(page: Page): Promise<number> {
  let counted = 0;
  for (const coinId of COINS) {
    const { candles } = await page.call('candles', { coinId, interval: '1d', limit: 2 });
    counted += candles.reduce((sum, { tickCount }) => sum + tickCount, 0);
  }
  return counted;
}

function pricesPublished({ events }: Page): number {
  return events.reduce((sum, message) => sum + (message.event === 'prices' ? message.payload.length : 0), 0);
}

/** Resident memory of a process in MB; NaN on systems without proc_pid_status(5). */
function residentMb(pid: number): number {
  try {
    const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kb) / 1_024;
  } catch {
    return Number.NaN;
  }
}
