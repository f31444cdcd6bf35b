import { describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock, systemClock } from '../../electron/monitor/time/clock.ts';
import {
  alertLines,
  environmentFor,
  openPage,
  type Page,
  type Program,
  runCli,
  startProgram,
  until,
  withFolder,
} from '../program.ts';
import { textOf } from '../text-of.ts';
import { queryUrl } from './storage-fixture.ts';

/** A minute of the test's time in a real second. */
const SPEED = 60;
const STEP_MS = 10_000;

type Stage = { readonly market: DemoServer; readonly page: Page; readonly folder: string };

/** Runs with a program that streams Bitcoin from the simulated exchange, while CoinGecko's price is always 60,000. */
async function withStream(play: (stage: Stage) => Promise<void>, env: Record<string, string> = {}) {
  await withFolder(async (folder) => {
    const origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
    const market = await startDemoServer({ clock: scaledClock(SPEED, origin), seed: 'stream' });
    let program: Program | undefined;
    try {
      market.setPrice('bitcoin', { price: 60_000 });
      const settings = environmentFor(
        folder,
        market.url,
        { speed: SPEED, origin, pollSeconds: 10 },
        market.exchangeUrl,
      );
      program = await startProgram({ ...settings, MONITOR_COINS: 'bitcoin', ...env });
      const page = await openPage(program.url);
      await play({ market, page, folder });
      page.close();
      expect((await program.end('SIGTERM')).code).toBe(0);
      program = undefined;
    } finally {
      await program?.end('SIGKILL');
      await market.close();
    }
  });
}

async function whenLive({ page, market }: Stage): Promise<void> {
  await until(async () => (await page.status()).exchanges?.streams.some(({ status }) => status === 'live'));
  // Trades before the subscription are not streamed, so the first one shows that it is active.
  await until(async () => {
    market.exchange.trade('bitcoin', 60_000);
    const { quotes } = await page.call('snapshot', {});
    return quotes[0]?.source === 'kraken';
  });
}

/** Trades at one price, every five seconds of the test's time. */
async function tradeFor(market: DemoServer, count: number, price: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    market.exchange.trade('bitcoin', price);
    await systemClock.sleep(5_000 / SPEED);
  }
}

describe('real-time prices', () => {
  it('raise one alert for a single trade, although CoinGecko reports the same move', async () => {
    await withStream(async (stage) => {
      const { market, page, folder } = stage;
      await whenLive(stage);
      await tradeFor(market, 20, 60_000);
      expect(alertLines(folder)).toEqual([]);
      const { at } = market.exchange.trade('bitcoin', 61_800);
      const [line] = await until(() => alertLines(folder).length > 0 && alertLines(folder));
      expect(line).toBe(
        `${new Date(at).toISOString()} - Alert: bitcoin price changed by more than 2% from the 5-min average. ` +
          '(price 61800 USD, average 60000 USD, change +3.00%, source kraken)',
      );
      market.setPrice('bitcoin', { price: 61_800 });
      await until(async () => {
        market.exchange.trade('bitcoin', 61_800);
        const updates = page.events.filter(({ event }) => event === 'prices').length;
        return updates > 30;
      });
      expect(alertLines(folder)).toHaveLength(1);
      const { quotes } = await page.call('snapshot', {});
      expect(quotes[0]).toMatchObject({ source: 'kraken', price: 61_800 });
      // The market capitalization is CoinGecko's, even while the price is the exchange's.
      expect(quotes[0]?.marketCap).toBeGreaterThan(0);
    });
  });

  it('reach the database trade by trade, including those of one instant and those after an interruption', async () => {
    await withStream(async (stage) => {
      const { market, page, folder } = stage;
      await whenLive(stage);
      await until(async () => (await page.status()).database.status === 'ready');
      const { stdout } = await runCli(['database-url', '--data-dir', folder]);
      const url = stdout.trim();
      const rows = async () =>
        queryUrl<{ price: number; observed_at: Date }>(
          url,
          "select price, observed_at from ticks where source = 'kraken' and price > 60000 order by price",
        );
      const printed: number[] = [];
      const print = (count: number): void => {
        for (let index = 0; index < count; index++) {
          printed.push(60_001 + printed.length * 0.01);
          market.exchange.trade('bitcoin', printed.at(-1) ?? 0);
        }
      };
      print(300);
      await until(async () => (await rows()).length === printed.length);

      market.exchange.dropSockets();
      await until(() => market.exchange.connections() === 0);
      print(200); // while disconnected, and more than the exchange repeats in its snapshot
      await until(() => market.exchange.connections() === 1);
      const before = printed.at(-1) ?? 0;
      await until(async () => {
        print(1);
        return (await rows()).some(({ price }) => price > before);
      });
      await until(async () => (await rows()).length >= printed.length);
      expect((await rows()).map(({ price }) => price)).toEqual(printed);

      const series = await page.call('candles', { coinId: 'bitcoin', interval: '1d', limit: 2 });
      const all = await queryUrl<{ count: number }>(
        url,
        "select count(*)::int as count from ticks where source = 'kraken'",
      );
      const counted = series.candles.reduce((sum, { tickCount }) => sum + tickCount, 0);
      expect(counted).toBe(all[0]?.count);
    });
  });

  it('are polled, with a report, when the exchange refuses to stream a market', async () => {
    await withStream(
      async (stage) => {
        const { market, page } = stage;
        await whenLive(stage);
        market.exchange.refuse('kraken', 'zcash');
        market.exchange.dropSockets();
        const problemOf = async () =>
          textOf((await page.status()).problems.find(({ id }) => id === 'exchange-markets')?.message);
        expect(await until(problemOf)).toBe(
          'Kraken refuses to stream ZEC/USD, the market of zcash: Currency pair not supported ZEC/USD. ' +
            'Its price is requested every 10 s instead.',
        );
        await until(async () => {
          const { quotes } = await page.call('snapshot', {});
          return quotes.find(({ coinId }) => coinId === 'zcash')?.source === 'kraken';
        });
        await whenLive(stage);
      },
      { MONITOR_COINS: 'bitcoin,zcash' },
    );
  });

  it('are sent to the page at most four times a second', async () => {
    await withStream(async (stage) => {
      const { market, page } = stage;
      await whenLive(stage);
      const updatesSoFar = (): number => page.events.filter(({ event }) => event === 'prices').length;
      const before = updatesSoFar();
      const startedAt = Date.now();
      for (let index = 0; Date.now() - startedAt < 2_000 || updatesSoFar() - before <= 2; index++) {
        market.exchange.trade('bitcoin', 60_000 + (index % 50));
        await systemClock.sleep(2);
      }
      const updates = updatesSoFar() - before;
      const seconds = (Date.now() - startedAt) / 1_000;
      // Some earlier ones may arrive late.
      expect(updates).toBeLessThanOrEqual(4 * seconds + 8);
    });
  });
});
