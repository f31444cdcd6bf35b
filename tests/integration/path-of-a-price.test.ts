import { describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { INTERVALS } from '../../shared/domain/interval.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import {
  alertLines,
  environmentFor,
  openPage,
  type Program,
  runCli,
  startProgram,
  until,
  withFolder,
} from '../program.ts';
import { candlesByDefinition, queryUrl } from './storage-fixture.ts';

/** A minute of the test's time in a real second. */
const SPEED = 60;
const POLL_SECONDS = 10;
const STEP_MS = 10_000;

/** Serves prices to a program, one after another, each until it has been polled. */
async function serve(
  market: DemoServer,
  coinId: string,
  from: number,
  prices: readonly number[],
): Promise<void> {
  for (const [index, price] of prices.entries()) {
    const lastUpdatedAt = from + index * STEP_MS;
    market.setPrice(coinId, { price, lastUpdatedAt });
    await until(() =>
      market.served().some((one) => one.coinId === coinId && one.lastUpdatedAt === lastUpdatedAt),
    );
  }
}

async function databaseUrl(folder: string): Promise<string> {
  const { stdout } = await runCli(['database-url', '--data-dir', folder]);
  return stdout.trim();
}

type TickRow = { coin_id: string; vs_currency: string; observed_at: Date; price: number };

async function ticksInDatabase(url: string): Promise<readonly TickRow[]> {
  return queryUrl<TickRow>(
    url,
    'select coin_id, vs_currency, observed_at, price from ticks order by coin_id, observed_at',
  );
}

describe('the path of a price', () => {
  it('leads from the provider to alerts.txt, the database and the page, exactly once', async () => {
    await withFolder(async (folder) => {
      const origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
      const market = await startDemoServer({
        clock: scaledClock(SPEED, origin),
        seed: 'way',
        jumpsPerDay: 0,
        record: true,
      });
      let program: Program | undefined;
      try {
        market.setPrice('bitcoin', { price: 60_000, lastUpdatedAt: origin });
        // Without history, candles consist of ticks only.
        for (const endpoint of ['/coins/{id}/market_chart', '/coins/{id}/ohlc'] as const) {
          market.setFault({ endpoint, fault: { kind: 'status', status: 404 } });
        }
        program = await startProgram(
          environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: POLL_SECONDS }),
        );
        const page = await openPage(program.url);
        const flat = Array.from({ length: 31 }, () => 60_000);
        await serve(market, 'bitcoin', origin, flat);
        expect(alertLines(folder)).toEqual([]);

        const jumpAt = origin + flat.length * STEP_MS;
        await serve(market, 'bitcoin', jumpAt, [61_800]);
        const time = new Date(jumpAt).toISOString();
        await until(() => alertLines(folder).length > 0);
        await serve(market, 'bitcoin', jumpAt + STEP_MS, [61_810, 61_790, 61_800]);

        expect(alertLines(folder)).toEqual([
          `${time} - Alert: bitcoin price changed by more than 2% from the 5-min average. ` +
            '(price 61800 USD, average 60000 USD, change +3.00%, source coingecko)',
        ]);
        const alertEvents = page.events.filter(({ event }) => event === 'alert');
        expect(alertEvents).toHaveLength(1);
        const listed = await page.call('alerts', { limit: 10 });
        expect(listed.alerts.map(({ id }) => id)).toEqual([`moving-average:coingecko:bitcoin:usd:${jumpAt}`]);

        // Nothing more is served, so that everything in flight arrives.
        market.setFault({ endpoint: '/simple/price', fault: { kind: 'status', status: 503 } });
        await until(async () => (await page.status()).feed.status === 'offline');
        const latest = jumpAt + 3 * STEP_MS;
        await until(async () => (await page.status()).database.status === 'ready');
        const url = await databaseUrl(folder);
        await until(async () =>
          (await ticksInDatabase(url)).some((row) => row.observed_at.getTime() === latest),
        );
        await until(async () => (await page.status()).queue.waitingTicks === 0);

        const served = new Map(
          market
            .served()
            .map((one) => [`${one.coinId} ${one.lastUpdatedAt}`, `${one.vsCurrency} ${one.price}`]),
        );
        const rows = await ticksInDatabase(url);
        const stored = rows.map((row) => [
          `${row.coin_id} ${row.observed_at.getTime()}`,
          `${row.vs_currency} ${row.price}`,
        ]);
        expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(served));
        expect(rows).toHaveLength(served.size);
        expect(await queryUrl(url, 'select id from alerts')).toHaveLength(1);

        const volumes = await queryUrl<TickRow & { volume_24h: number }>(
          url,
          'select coin_id, vs_currency, observed_at, price, volume_24h from ticks',
        );
        const ticks = volumes.map(
          (row): Tick => ({
            coinId: row.coin_id,
            vsCurrency: row.vs_currency,
            observedAt: row.observed_at.getTime(),
            price: row.price,
            volume24h: row.volume_24h,
            amount: null,
            marketCap: null,
            change24hPct: null,
            source: 'coingecko',
          }),
        );
        for (const coinId of ['bitcoin', 'ethereum', 'zcash']) {
          for (const interval of INTERVALS) {
            const series = await page.call('candles', { coinId, interval, limit: 500 });
            const own = ticks.filter((tick) => tick.coinId === coinId);
            expect(series.candles).toEqual(candlesByDefinition(own, interval));
          }
        }
        const days = candlesByDefinition(
          ticks.filter(({ coinId }) => coinId === 'bitcoin'),
          '1d',
        ).map(({ start, open, high, low, close, tickCount }) => [
          new Date(start),
          open,
          high,
          low,
          close,
          tickCount,
        ]);
        const view = await queryUrl<Record<string, unknown>>(
          url,
          `select day::timestamptz, open, high, low, close, tick_count::int
           from ohlcv_daily where coin_id = 'bitcoin' order by day`,
        );
        expect(view.map(Object.values)).toEqual(days);

        page.close();
        const { code } = await program.end('SIGTERM');
        expect(code).toBe(0);
        program = undefined;
        expect(alertLines(folder)).toHaveLength(1);
      } finally {
        await program?.end('SIGKILL');
        await market.close();
      }
    });
  });
});
