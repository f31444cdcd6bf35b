import { describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock, systemClock } from '../../electron/monitor/time/clock.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import {
  environmentFor,
  openPage,
  type Program,
  runCli,
  startProgram,
  until,
  withFolder,
} from '../program.ts';
import { candlesByDefinition, queryUrl, sumsOfTraded, tick } from './storage-fixture.ts';

/** A minute of the test's time in a real second: candles of several minutes. */
const SPEED = 60;
const TRADE_MS = 5_000;
const PRICE = 60_000;

type Row = { readonly price: number; readonly observed_at: Date; readonly amount: number | null };

/** Runs with a market without history, in which only the test makes trades. */
async function withMarket(play: (market: DemoServer, origin: number) => Promise<void>): Promise<void> {
  const origin = Math.floor(Date.now() / 1_000) * 1_000;
  const market = await startDemoServer({ clock: scaledClock(SPEED, origin), seed: 'volume' });
  try {
    market.setPrice('bitcoin', { price: PRICE, volume24h: 0 });
    for (const endpoint of ['/coins/{id}/market_chart', '/coins/{id}/ohlc', '/0/public/OHLC'] as const) {
      market.setFault({ endpoint, fault: { kind: 'status', status: 404 } });
    }
    await play(market, origin);
  } finally {
    await market.close();
  }
}

describe('the volume traded on the exchange', () => {
  it('is the volume of the candles on the page, with each trade counted once', () =>
    withMarket((market, origin) =>
      withFolder(async (folder) => {
        let program: Program | undefined;
        try {
          const time = { speed: SPEED, origin, pollSeconds: 10 };
          program = await startProgram({
            ...environmentFor(folder, market.url, time, market.exchangeUrl),
            MONITOR_COINS: 'bitcoin',
            MONITOR_EXCHANGES: 'kraken',
          });
          const page = await openPage(program.url);
          const quote = async () => (await page.call('snapshot', {})).quotes[0];
          await until(async () => (await page.status()).database.status === 'ready');
          // Trades before the subscription are not streamed, so the first one shows that it is active.
          await until(async () => {
            market.exchange.trade('bitcoin', PRICE);
            return (await quote())?.source === 'kraken';
          });

          const { stdout } = await runCli(['database-url', '--data-dir', folder]);
          const url = stdout.trim();
          const rows = () =>
            queryUrl<Row>(url, "select price, observed_at, amount from ticks where source = 'kraken'");
          const printed = new Map<number, number>();
          const print = (): void => {
            const price = PRICE + 1 + printed.size * 0.01;
            const amount = (1 + (printed.size % 37)) / 7;
            printed.set(price, amount);
            market.exchange.trade('bitcoin', price, { amount });
          };
          const untilStored = (): Promise<true> =>
            until(
              async () => (await rows()).filter(({ price }) => printed.has(price)).length >= printed.size,
            );

          for (let count = 0; count < 30; count++) {
            print();
            print(); // in the same millisecond
            await systemClock.sleep(TRADE_MS / SPEED);
          }
          await untilStored();
          const total = (await rows()).reduce((sum, { amount }) => sum + (amount ?? 0), 0);
          expect(((await quote())?.tradedTotal ?? 0) / total).toBeCloseTo(1, 9);

          // The exchange repeats its newest trades to each new connection.
          market.exchange.dropSockets();
          await until(() => market.exchange.connections() === 0);
          print();
          await until(() => market.exchange.connections() === 1);
          await untilStored();
          print();
          await untilStored();

          const stored = await rows();
          expect(
            new Map(
              stored.flatMap(({ price, amount }) => (printed.has(price) ? [[price, amount]] : [])) as [
                number,
                number,
              ][],
            ),
          ).toEqual(printed);
          const trades = stored.filter(({ amount }) => amount !== null).map(tickOfRow);
          expect(trades.filter(({ price }) => price > PRICE)).toHaveLength(printed.size);

          for (const interval of ['1m', '5m', '1h', '1d'] as const) {
            const series = await page.call('candles', { coinId: 'bitcoin', interval, limit: 500 });
            expect(series.volumeKind, interval).toBe('traded');
            const served = new Map(series.candles.map(({ start, volume }) => [start, volume]));
            for (const { start, volume } of candlesByDefinition(trades, interval, 'traded')) {
              expect((served.get(start) ?? 0) / (volume ?? 0), interval).toBeCloseTo(1, 9);
              served.delete(start);
            }
            expect(
              [...served.values()].filter((volume) => volume !== null),
              interval,
            ).toEqual([]);
          }
          const sums = await sumsOfTraded(url, "source = 'kraken'");
          const all = trades.reduce((sum, { amount }) => sum + (amount ?? 0), 0);
          for (const [table, sum] of Object.entries(sums)) expect(sum / all, table).toBeCloseTo(1, 9);

          page.close();
          expect((await program.end('SIGTERM')).code).toBe(0);
          program = undefined;
        } finally {
          await program?.end('SIGKILL');
        }
      }),
    ));
});

function tickOfRow({ price, observed_at, amount }: Row): Tick {
  return tick({ observedAt: observed_at.getTime(), price, amount, source: 'kraken' });
}
