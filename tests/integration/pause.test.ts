import { describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { openMonitor } from '../../electron/monitor/compose.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, until, withFolder } from '../program.ts';

/** A minute of the test's time in a real second. */
const SPEED = 60;
const MINUTE_MS = 60_000;

describe('while the machine sleeps', () => {
  it.each(['true', 'false'])(
    'no request is made, and requests resume when it wakes (real time: %s)',
    (realTime) =>
      withFolder(async (folder) => {
        const origin = Date.now();
        const clock = scaledClock(SPEED, origin);
        const market = await startDemoServer({ clock, seed: 'pause', record: true });
        const time = { speed: SPEED, origin, pollSeconds: 10 };
        const env = {
          ...environmentFor(folder, market.url, time, market.exchangeUrl),
          MONITOR_COINS: 'bitcoin,ethereum',
          MONITOR_REAL_TIME: realTime,
        };
        const monitor = await openMonitor({ dataDir: folder, flags: {}, env, clock, log: silentLog });
        monitor.start();
        const requested = (part: string): number =>
          market.requests().filter(({ url }) => url.includes(part)).length;
        const exchangeIsUsed = (): boolean =>
          market.exchange.connections() > 0 || requested('/public/Ticker') > 1;
        const price = (): number | null | undefined => monitor.snapshot().quotes[0]?.price;
        try {
          // While CoinGecko is rate-limited, exchanges that are not streamed are polled.
          if (realTime === 'false') {
            market.setFault({ endpoint: '/simple/price', fault: { kind: 'status', status: 503 } });
          }
          await until(exchangeIsUsed);
          // Until the backfill is running.
          await until(() => monitor.snapshot().status.backfill !== undefined || realTime === 'false');
          monitor.pausePolling();
          await until(() => market.exchange.connections() === 0);
          // Until running requests have ended.
          await clock.sleep(MINUTE_MS / 2);
          const before = market.requests().length;
          const priceBefore = price();
          market.setPrice('bitcoin', { price: 50_000 });
          market.exchange.trade('bitcoin', 50_000);
          await clock.sleep(2 * MINUTE_MS);
          expect(
            market
              .requests()
              .slice(before)
              .map(({ url }) => url),
          ).toEqual([]);
          expect(market.exchange.connections()).toBe(0);
          expect(price()).toBe(priceBefore);

          market.clearFaults();
          const [prices, past] = [requested('/simple/price'), requested('/public/OHLC')];
          monitor.resumePolling();
          await until(() => requested('/simple/price') > prices);
          if (realTime === 'true') {
            await until(() => market.exchange.connections() > 0);
            await until(() => requested('/public/OHLC') > past);
          }
          await until(() => {
            market.setPrice('bitcoin', { price: 50_000 });
            market.exchange.trade('bitcoin', 50_000);
            return price() === 50_000;
          });
        } finally {
          await monitor.stop(5_000);
          await market.close();
        }
      }),
  );
});
