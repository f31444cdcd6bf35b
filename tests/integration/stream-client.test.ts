import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { exchangeHistory } from '../../electron/monitor/sources/backfill/exchange-history.ts';
import {
  createExchangeClient,
  type ExchangeClient,
} from '../../electron/monitor/sources/exchanges/exchange-client.ts';
import type { Trade } from '../../electron/monitor/sources/exchanges/trade.ts';
import { type Clock, systemClock } from '../../electron/monitor/time/clock.ts';
import { bucketStart, intervalLengthMs } from '../../shared/domain/interval.ts';
import type { ExchangeId } from '../../shared/settings/settings.ts';
import { until } from '../program.ts';
import { textOf } from '../text-of.ts';

/** Each exchange with a quote currency that it lists, and its endpoints for markets and candles. */
const EXCHANGES = [
  { id: 'kraken', quote: 'USD', markets: '/0/public/AssetPairs' },
  { id: 'coinbase', quote: 'USD', markets: '/api/v3/brokerage/market/products' },
  { id: 'binance', quote: 'EUR', markets: '/api/v3/exchangeInfo' },
] as const;

const FIVE_MINUTES_MS = 300_000;

/** The machine's clock, even when a test speeds up that of the server. */
const realClock: Clock = { ...systemClock };

let server: DemoServer | undefined;
let client: ExchangeClient | undefined;

type StartOptions = {
  readonly silentAfterMs?: number;
  /** A fixed time of the exchange, so that no candle begins between two steps of a test. */
  readonly standsAt?: number;
};

async function start(id: ExchangeId, { standsAt, ...options }: StartOptions = {}) {
  const clock = standsAt === undefined ? systemClock : { ...systemClock, now: () => standsAt };
  server = await startDemoServer({ clock, seed: 'stream', record: true });
  client = createExchangeClient({
    id,
    urlOverride: server.exchangeUrl,
    fetch: globalThis.fetch,
    networkClock: realClock,
    ...options,
  });
  return { server, client };
}

afterEach(async () => {
  await client?.close();
  await server?.close();
  vi.restoreAllMocks();
});

/** Streams until `end` of the result is called; `ended` resolves with the reason. */
function follow(from: ExchangeClient, symbols: readonly string[]) {
  const ending = new AbortController();
  const received: { readonly symbol: string; readonly trade: Trade }[] = [];
  const refused: { readonly symbol: string | null; readonly reason: string }[] = [];
  let connections = 0;
  const ended = from
    .followTrades(
      { symbols, isCautious: false },
      {
        onLive: () => {
          connections += 1;
        },
        onFollowed: () => undefined,
        onTrades: (symbol, trades, isSnapshot) => {
          if (!isSnapshot) received.push(...trades.map((trade) => ({ symbol, trade })));
        },
        onRefused: (symbol, reason) => refused.push({ symbol, reason: textOf(reason) }),
        onEnd: () => undefined,
      },
      ending.signal,
    )
    .catch((error: unknown) => error);
  return {
    received,
    refused,
    ended,
    connections: () => connections,
    end: () => ending.abort(new Error('enough')),
  };
}

describe.each(EXCHANGES)('$id', ({ id, quote, markets }) => {
  const vsCurrency = quote.toLowerCase();
  const started = async (options?: StartOptions) => {
    const parts = await start(id, options);
    const { exchange } = parts.server;
    const trade = (coinId: string, price: number) => exchange.trade(coinId, price, { vsCurrency });
    return { ...parts, trade };
  };
  const symbols = ['BTC', 'ETH', 'ZEC'].map((base) => `${base}/${quote}`);
  const coins = ['bitcoin', 'ethereum', 'zcash'];

  it('returns its markets, prices and candles', async () => {
    const now = Date.now();
    const { server, client } = await started({ standsAt: now });
    const listed = (await client.markets()).map(({ symbol }) => symbol);
    expect(listed).toEqual(expect.arrayContaining([...symbols, `DOGE/${quote}`]));
    expect(listed.includes('BTC/USD')).toBe(id !== 'binance');
    expect(client.isSimulated()).toBe(true);
    server.setPrice('bitcoin', { price: 61_234.5, vsCurrency });
    const [bitcoin = '', , zcash = ''] = symbols;
    const { at, prices } = await client.lastPrices([bitcoin, zcash]);
    expect(Math.abs(Date.now() - (at ?? 0))).toBeLessThan(60_000);
    expect(prices.get(bitcoin)).toBeCloseTo(61_234.5);
    expect(prices.get(zcash)).toBeGreaterThan(0);
    const since = (Math.floor(now / FIVE_MINUTES_MS) - 100) * FIVE_MINUTES_MS;
    const candles = await client.candles(bitcoin, '5m', since, 720);
    expect(candles[0]?.start).toBe(since);
    expect(candles).toHaveLength(101);
    for (const { open, high, low, close, volume } of candles) {
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
      expect(low).toBeLessThanOrEqual(Math.min(open, close));
      expect(volume).toBeGreaterThan(0);
    }
  });

  it('returns as many candles per request as history needs', async () => {
    const now = Date.now();
    const { client } = await started({ standsAt: now });
    const history = exchangeHistory({ id, client: () => client, marketOf: async () => `BTC/${quote}` });
    for (const interval of ['1m', '1d'] as const) {
      const { candlesPerRequest = 0, reachMs = 0 } = history.reach(interval) ?? {};
      const lengthMs = intervalLengthMs(interval);
      // The current candle is included in the count.
      const count = Math.min(candlesPerRequest, reachMs / lengthMs) - 1;
      const to = bucketStart(now, interval);
      const query = { coinId: 'bitcoin', vsCurrency, interval, from: to - count * lengthMs, to };
      const candles = (await history.fetchCandles(query, new AbortController().signal)) ?? [];
      expect(candles.length, interval).toBe(count);
      expect(candles[0]?.start, interval).toBe(query.from);
    }
  });

  it('reports the reason when it fails', async () => {
    const { server, client } = await started();
    server.setFault({ endpoint: markets, fault: { kind: 'status', status: 503 }, times: 1 });
    await expect(client.markets()).rejects.toMatchObject({ name: 'FeedError', kind: 'unreachable' });
    server.setFault({ endpoint: markets, fault: { kind: 'status', status: 429 }, times: 1 });
    await expect(client.markets()).rejects.toMatchObject({ name: 'FeedError', kind: 'rate-limited' });
    server.setFault({ endpoint: markets, fault: { kind: 'reset' }, times: 1 });
    await expect(client.markets()).rejects.toMatchObject({ name: 'FeedError', kind: 'unreachable' });
    const html = { kind: 'text', text: '<html>', contentType: 'text/html' } as const;
    server.setFault({ endpoint: markets, fault: html, times: 1 });
    await expect(client.markets()).rejects.toMatchObject({ name: 'FeedError' });
    await expect(client.markets()).resolves.not.toHaveLength(0);
  });

  it('delivers every trade of every market once, even if many arrive in one packet', async () => {
    const { server, client, trade } = await started();
    const following = follow(client, symbols);
    await until(() => following.connections() === 1 && server.exchange.connections() === 1);
    // The first trade of each market shows that its subscription is active.
    await until(() => {
      for (const coin of coins) trade(coin, 1);
      return new Set(following.received.map(({ symbol }) => symbol)).size === 3;
    });
    for (let index = 0; index < 900; index++) trade(coins[index % 3] ?? '', 100 + index);
    const wanted = (symbol: string) =>
      following.received.filter((one) => one.symbol === symbol && one.trade.price >= 100);
    await until(
      () => coins.length * 300 === following.received.filter(({ trade }) => trade.price >= 100).length,
    );
    for (const [place, symbol] of symbols.entries()) {
      expect(wanted(symbol).map(({ trade }) => trade.price)).toEqual(
        Array.from({ length: 300 }, (_, index) => 100 + 3 * index + place),
      );
    }
    following.end();
    expect(await following.ended).toMatchObject({ message: 'enough' });
    await until(() => server.exchange.connections() === 0);
  });

  it('returns past trades with the same ids as on the stream', async () => {
    const { client, trade } = await started();
    const [bitcoin = ''] = symbols;
    const following = follow(client, [bitcoin]);
    await until(() => {
      trade('bitcoin', 1);
      return following.received.length > 0;
    });
    const made = Array.from({ length: 20 }, (_, index) => trade('bitcoin', 100 + index));
    await until(() => following.received.at(-1)?.trade.price === 119);
    const [from = 0, to = 0] = [made.at(0)?.at, made.at(-1)?.at];
    const past = await client.tradesBetween(bitcoin, from, to);
    const received = following.received.map((one) => one.trade).filter(({ at }) => at >= from && at <= to);
    const byNumber = (a: Trade, b: Trade) => Number(a.id) - Number(b.id);
    expect(past.toSorted(byNumber)).toEqual(received);
    expect(past.length).toBeGreaterThanOrEqual(20);
    following.end();
    await following.ended;
  });

  it('detects a broken and a silent connection', async () => {
    const { server, client } = await started({ silentAfterMs: 1_500 });
    const [bitcoin = ''] = symbols;
    // Before the subscriptions can be sent.
    const early = follow(client, [bitcoin]);
    await until(() => server.exchange.connections() === 1);
    server.exchange.dropSockets();
    expect(await early.ended).toMatchObject({ name: 'FeedError', kind: 'unreachable' });

    const broken = follow(client, [bitcoin]);
    await until(() => broken.connections() === 1);
    server.exchange.dropSockets();
    expect(await broken.ended).toMatchObject({ name: 'FeedError', kind: 'unreachable' });

    const silent = follow(client, [bitcoin]);
    await until(() => silent.connections() === 1);
    server.exchange.setSocketFault('silent');
    expect(await silent.ended).toMatchObject({ message: expect.stringContaining('sent nothing for 1.5 s') });

    server.exchange.setSocketFault('closed');
    const refused = follow(client, [bitcoin]);
    expect(await refused.ended).toMatchObject({ name: 'FeedError', kind: 'unreachable' });
  });

  it('keeps the connection of a market without trades', async () => {
    let beats = 0;
    // Two minutes of the server's heartbeats in a real second; the client's clock is not sped up.
    vi.spyOn(systemClock, 'sleep').mockImplementation((ms, signal) => {
      beats += 1;
      return realClock.sleep(ms / 120, signal);
    });
    const { client, server } = await started();
    const quiet = follow(client, [`BTC/${quote}`]);
    await until(() => quiet.connections() === 1);
    const liveAt = beats;
    await until(() => beats - liveAt > 100);
    expect(server.exchange.connections()).toBe(1);
    quiet.end();
    expect(await quiet.ended).toMatchObject({ message: 'enough' });
  });
});
