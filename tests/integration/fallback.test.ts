import { describe, expect, it } from 'vitest';
import type { Fault } from '../../demo/faults.ts';
import { startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import type { FeedState } from '../../shared/domain/feed-state.ts';
import {
  alertLines,
  environmentFor,
  openPage,
  type Program,
  startProgram,
  until,
  withFolder,
} from '../program.ts';

/** A minute of the test's time in a real second. */
const SPEED = 60;
const STEP_MS = 10_000;

/** A rate limit, an error with a success status, and a response without prices. */
const TROUBLES: readonly (readonly [Fault, FeedState['status']])[] = [
  [{ kind: 'status', status: 429, retryAfterSeconds: 30 }, 'rate-limited'],
  [{ kind: 'json', value: { status: { error_code: 429, error_message: 'Too many' } } }, 'rate-limited'],
  [{ kind: 'json', value: {} }, 'offline'],
];

describe('while CoinGecko returns no prices', () => {
  it('prices come from the exchange and later from CoinGecko again, without an alert although they differ by 3%', async () => {
    await withFolder(async (folder) => {
      const origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
      const market = await startDemoServer({
        clock: scaledClock(SPEED, origin),
        seed: 'fallback',
        jumpsPerDay: 0,
      });
      market.exchange.setOffset(3);
      let program: Program | undefined;
      try {
        program = await startProgram({
          ...environmentFor(
            folder,
            market.url,
            { speed: SPEED, origin, pollSeconds: 10 },
            market.exchangeUrl,
          ),
          MONITOR_REAL_TIME: 'false',
        });
        const page = await openPage(program.url);
        const sources = async () => (await page.call('snapshot', {})).quotes.map((quote) => quote.source);
        const averages = async () =>
          (await page.call('snapshot', {})).quotes.every(({ average }) => average !== null);
        await until(averages);
        expect(await sources()).toEqual(['coingecko', 'coingecko', 'coingecko']);
        expect((await page.status()).exchanges).toEqual({ fallback: null, streams: [] });

        for (const [fault, status] of TROUBLES) {
          market.setFault({ endpoint: '/simple/price', fault });
          await until(async () => (await page.status()).feed.status === status);
          await until(async () => (await page.status()).exchanges?.fallback === 'kraken');
          await until(async () => (await sources()).every((source) => source === 'kraken'));
          // Until the window is filled with prices of the exchange.
          await until(averages);

          market.clearFaults();
          await until(async () => (await page.status()).feed.status === 'live');
          await until(async () => (await page.status()).exchanges?.fallback === null);
          await until(async () => (await sources()).every((source) => source === 'coingecko'));
          await until(averages);
        }
        expect(alertLines(folder)).toEqual([]);
        page.close();
        expect((await program.end('SIGTERM')).code).toBe(0);
        program = undefined;
      } finally {
        await program?.end('SIGKILL');
        await market.close();
      }
    });
  });
});
