import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { encodeBatch } from '../../electron/monitor/log/record-codec.ts';
import { type Clock, scaledClock } from '../../electron/monitor/time/clock.ts';
import type { Quote } from '../../shared/domain/quote.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import {
  alertLines,
  environmentFor,
  openPage,
  type Page,
  type Program,
  startProgram,
  until,
  withFolder,
} from '../program.ts';
import { textOf } from '../text-of.ts';

/** A minute of the test's time in a real second. */
const SPEED = 60;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

type Stage = {
  readonly folder: string;
  readonly market: DemoServer;
  /** The true time. */
  readonly truth: Clock;
  /** Starts the program and opens its page; `end` ends both. */
  open(): Promise<Page & { end(): Promise<void> }>;
};

/** Runs with a market, and a program that watches Bitcoin on it with a clock that is wrong by this much. */
async function withMarket(clockOffMs: number, play: (stage: Stage) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const origin = Math.floor(Date.now() / SECOND_MS) * SECOND_MS;
    const truth = scaledClock(SPEED, origin);
    const market = await startDemoServer({ clock: truth, seed: 'wrong times' });
    let program: Program | undefined;
    // An accelerated clock with another origin is wrong by that multiple of the difference.
    const programOrigin = origin - clockOffMs / (SPEED - 1);
    const time = { speed: SPEED, origin: programOrigin, pollSeconds: 10 };
    const env = { ...environmentFor(folder, market.url, time, market.exchangeUrl), MONITOR_COINS: 'bitcoin' };
    const open = async () => {
      const started = await startProgram(env);
      program = started;
      const page = await openPage(started.url);
      const end = async (): Promise<void> => {
        page.close();
        await started.end('SIGTERM');
        program = undefined;
      };
      return { ...page, end };
    };
    try {
      market.setPrice('bitcoin', { price: POLLED });
      await play({ folder, market, truth, open });
    } finally {
      await program?.end('SIGKILL');
      await market.close();
    }
  });
}

async function bitcoin(page: Page): Promise<Quote> {
  const [quote] = (await page.call('snapshot', {})).quotes;
  if (quote === undefined) throw new Error('bitcoin is not watched');
  return quote;
}

const problemOf = async (page: Page, id: string): Promise<string> =>
  textOf((await page.status()).problems.find((problem) => problem.id === id)?.message);

/** The polled price. Prices of exchanges stay within 10% of it, so that they are accepted. */
const POLLED = 60_000;

/**
 * Waits until polled prices are live. Each check makes the polled price new, because a price that does not change for five minutes,
 * which are five real seconds, is stale.
 */
async function untilLive({ market, truth }: Stage, page: Page) {
  return until(async () => {
    market.setPrice('bitcoin', { price: POLLED });
    const before = truth.now();
    const snapshot = await page.call('snapshot', {});
    return snapshot.status.feed.status === 'live' && { before, snapshot, after: truth.now() };
  });
}

/** Trades at a price until the program shows it as the exchange's, and its average covers at least a minute. */
async function tradeUntilKnown({ market }: Stage, page: Page, price: number): Promise<void> {
  await until(async () => {
    market.exchange.trade('bitcoin', price);
    const quote = await bitcoin(page);
    return quote.source === 'kraken' && quote.price === price && quote.average !== null;
  });
}

/** Checks for an alert before the move is repeated, because a busy machine may have missed its five minutes. */
const LOOKS = 100;

/** Moves the price from one level to another until the program has raised this many alerts. */
async function moveUntilAlerted(
  stage: Stage,
  page: Page,
  move: { readonly from: number; readonly to: number },
  count: number,
): Promise<void> {
  for (;;) {
    await tradeUntilKnown(stage, page, move.from);
    stage.market.exchange.trade('bitcoin', move.to);
    let looks = 0;
    await until(() => alertLines(stage.folder).length >= count || ++looks > LOOKS);
    if (alertLines(stage.folder).length >= count) return;
  }
}

const tickOf = (source: string, observedAt: number, price: number): Tick => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  observedAt,
  price,
  volume24h: null,
  amount: source === 'kraken' ? 1 : null,
  marketCap: null,
  change24hPct: null,
  source,
});

/** Appends ticks to the log of a stopped program, like a version that accepted any time. */
function appendToLog(folder: string, acceptedAt: number, ticks: readonly Tick[]): void {
  const logFile = new DatabaseSync(join(folder, 'journal.sqlite'));
  logFile
    .prepare('insert into records (appended_at, tick_count, batch) values (?, ?, ?)')
    .run(Math.round(acceptedAt), ticks.length, encodeBatch({ ticks, alerts: [] }));
  logFile.close();
}

describe('a price from the future', () => {
  it('is rejected and reported, and blocks nothing, whether it is new or stored', async () => {
    await withMarket(0, async (stage) => {
      const { market, truth, folder, open } = stage;
      let page = await open();
      await tradeUntilKnown(stage, page, 60_000);
      // Repeated, because the connection to the exchange may just have been lost.
      const reported = await until(() => {
        market.exchange.trade('bitcoin', 99_999, { at: truth.now() + 2 * HOUR_MS });
        return problemOf(page, 'tick-times');
      });
      expect(reported).toMatch(
        /^Kraken gave a price whose time cannot be right \(BTC\/USD: it is (1\u00a0h\u00a059\u00a0min|2\u00a0h) in the future\)/,
      );
      expect((await bitcoin(page)).price).toBe(60_000);
      await moveUntilAlerted(stage, page, { from: 60_000, to: 64_000 }, 1);
      expect(alertLines(folder)[0]).toContain('price 64000 USD, average 60');

      // A provider whose responses are from 2076 returns no prices.
      market.setFault({
        endpoint: '/simple/price',
        fault: { kind: 'coin', coinId: '*', set: { last_updated_at: 3_350_289_600 } },
      });
      await until(async () => (await page.status()).feed.status === 'offline');
      expect(await until(() => problemOf(page, 'coins'))).toContain('in the future');
      market.clearFaults();
      await untilLive(stage, page);
      await page.end();

      const future = truth.now() + 2 * HOUR_MS;
      const ticks = ['coingecko', 'kraken'].map((source) => tickOf(source, future, 99_999));
      appendToLog(folder, truth.now(), ticks);
      page = await open();
      // Alerts require new prices, and not only the stored ones from before the restart.
      await moveUntilAlerted(stage, page, { from: 64_010, to: 58_000 }, 2);
      const until1m = { coinId: 'bitcoin', interval: '1m', limit: 500 } as const;
      await until(async () => (await page.status()).database.status === 'ready');
      const { candles } = await until(async () => {
        const series = await page.call('candles', until1m);
        return series.candles.some(({ close }) => close === 58_000) && series;
      });
      expect(candles.filter(({ start }) => start > truth.now() + MINUTE_MS)).toEqual([]);
      await page.end();
    });
  });
});

describe('a machine whose clock is wrong', () => {
  it.each([
    ['behind', -2 * HOUR_MS],
    ['ahead of', 2 * HOUR_MS],
  ])('by two hours %s is reported, and uses the clocks of its providers', async (word, offMs) => {
    await withMarket(offMs, async (stage) => {
      const { market, truth, folder, open } = stage;
      // Before the start, ten calm minutes and then a move that would raise an alert.
      for (let second = 600; second > 0; second -= 15) {
        const price = second > 60 ? 50_000 : 60_000;
        market.exchange.trade('bitcoin', price, { at: truth.now() - second * SECOND_MS });
      }
      const page = await open();
      // The offset is exact to half of the time of its quickest requests; on a busy machine the first ones take minutes of its time.
      const expected = new RegExp(
        `^This machine's clock is about 2\u00a0h ${word} the clocks of 127\\.0\\.0\\.1:`,
      );
      await until(async () => expected.test(await problemOf(page, 'clock')));
      await tradeUntilKnown(stage, page, 60_000);
      // Trades before the start produce no ticks.
      expect(alertLines(folder)).toEqual([]);
      // Prices are live by the providers' clocks.
      const { before, snapshot, after } = await untilLive(stage, page);
      const { now, quotes, status } = snapshot;
      expect(now).toBeGreaterThan(before - MINUTE_MS);
      expect(now).toBeLessThan(after + MINUTE_MS);
      expect(now - (quotes[0]?.observedAt ?? 0)).toBeLessThan(HOUR_MS);
      expect(status.problems.map(({ id }) => id)).toEqual(['clock']);

      const movedAt = truth.now();
      await moveUntilAlerted(stage, page, { from: 60_000, to: 63_000 }, 1);
      const [line = ''] = alertLines(folder);
      expect(line).toContain('price 63000 USD');
      const alertedAt = Date.parse(line.split(' ')[0] ?? '');
      expect(alertedAt).toBeGreaterThan(movedAt - MINUTE_MS);
      expect(alertedAt).toBeLessThan(truth.now() + MINUTE_MS);
      await page.end();
    });
  });
});
