import { afterEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../../demo/server.ts';
import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import { textOf } from '../../../../tests/text-of.ts';
import { silentLog } from '../../logging/logger.ts';
import { systemClock } from '../../time/clock.ts';
import { createTickTimes } from '../tick-times.ts';
import { createExchangeClient, type ExchangeClient } from './exchange-client.ts';
import { rejectImplausibleTimes } from './reject-implausible-times.ts';
import type { Trade } from './trade.ts';

const HOUR_MS = 3_600_000;

let server: DemoServer;
let client: ExchangeClient;
afterEach(async () => {
  await client.close();
  await server.close();
});

async function start(id: ExchangeId, fetch = globalThis.fetch) {
  server = await startDemoServer({ clock: systemClock, seed: 'times' });
  const times = createTickTimes({
    now: systemClock.now,
    isKnown: () => true,
    log: silentLog,
    report: () => undefined,
  });
  const urlOverride = server.exchangeUrl;
  client = rejectImplausibleTimes(
    createExchangeClient({ id, urlOverride, fetch, networkClock: systemClock }),
    times,
  );
  return times;
}

/** The prices of the trades that the test made; the simulated market makes others by itself. */
const ours = (trades: readonly Trade[]): readonly number[] =>
  trades.flatMap(({ price }) => (price <= 3 ? [price] : []));

describe('a client that rejects implausible times', () => {
  it.each([
    ['kraken', 'USD'],
    ['coinbase', 'USD'],
    ['binance', 'EUR'],
  ] as const)('drops future trades, both requested and streamed, from %s', async (id, quote) => {
    const times = await start(id);
    const symbol = `BTC/${quote}`;
    const vsCurrency = quote.toLowerCase();
    const now = systemClock.now();
    const trade = (price: number, at: number) => server.exchange.trade('bitcoin', price, { at, vsCurrency });
    const ending = new AbortController();
    const received: number[] = [];
    const followed = client.followTrades(
      { symbols: [symbol], isCautious: false },
      {
        onLive: () => undefined,
        onFollowed() {
          trade(1, now + 2 * HOUR_MS);
          trade(2, now * 1_000); // in microseconds
          trade(3, now);
        },
        onTrades(_symbol, trades) {
          received.push(...ours(trades));
          if (received.includes(3)) ending.abort();
        },
        onRefused: () => undefined,
        onEnd: () => undefined,
      },
      ending.signal,
    );
    await followed.catch(() => undefined); // the abort ends it
    expect(received).toEqual([3]);
    const requested = await client.tradesBetween(symbol, now - HOUR_MS, now + 3 * HOUR_MS);
    expect(ours(requested)).toEqual([3]);
    expect(textOf(times.problem()?.message)).toMatch(/ prices whose time cannot be right \(BTC/);
  });

  it('returns no date when the date of the response is implausible', async () => {
    const ahead: typeof globalThis.fetch = async (input, init) => {
      const response = await fetch(input, init);
      const headers = new Headers(response.headers);
      headers.set('date', new Date(systemClock.now() + 2 * HOUR_MS).toUTCString());
      return new Response(response.body, { status: response.status, headers });
    };
    await start('kraken', ahead);
    const { at, prices } = await client.lastPrices(['BTC/USD']);
    expect(prices.get('BTC/USD')).toBeGreaterThan(0);
    expect(at).toBeNull();
  });
});
