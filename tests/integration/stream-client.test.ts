import { afterEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/clock.ts';
import {
  createExchangeClient,
  type ExchangeClient,
} from '../../electron/monitor/feed/exchange/exchange-client.ts';
import type { Trade } from '../../electron/monitor/feed/exchange/trade-ticks.ts';
import { until } from '../program.ts';

let server: DemoServer | undefined;
let client: ExchangeClient | undefined;

async function start(silentAfterMs?: number): Promise<{ server: DemoServer; client: ExchangeClient }> {
  server = await startDemoServer({ clock: systemClock, seed: 'stream' });
  client = createExchangeClient({
    id: 'kraken',
    urlOverride: server.exchangeUrl,
    fetch: globalThis.fetch,
    networkClock: systemClock,
    ...(silentAfterMs === undefined ? {} : { silentAfterMs }),
  });
  return { server, client };
}

afterEach(async () => {
  await client?.close();
  await server?.close();
});

/** Follows until the returned `end` is called; `ended` tells why it was over. */
function follow(from: ExchangeClient, symbols: readonly string[]) {
  const ending = new AbortController();
  const told: { readonly symbol: string; readonly trade: Trade }[] = [];
  let connections = 0;
  const ended = from
    .followTrades(
      symbols,
      {
        onLive: () => {
          connections += 1;
        },
        onTrades: (symbol, trades) => told.push(...trades.map((trade) => ({ symbol, trade }))),
      },
      ending.signal,
    )
    .catch((error: unknown) => error);
  return { told, ended, connections: () => connections, end: () => ending.abort(new Error('enough')) };
}

describe('an exchange', () => {
  it('tells its markets, prices and candles', async () => {
    const { server, client } = await start();
    const markets = await client.markets();
    expect(markets.map(({ symbol }) => symbol)).toEqual(
      expect.arrayContaining(['BTC/USD', 'ETH/EUR', 'DOGE/USD', 'ZEC/USD']),
    );
    expect(client.isSimulated()).toBe(true);
    server.setPrice('bitcoin', { price: 61_234.5 });
    const { at, prices } = await client.lastPrices(['BTC/USD', 'ZEC/USD']);
    expect(Math.abs(Date.now() - (at ?? 0))).toBeLessThan(60_000);
    expect(prices.get('BTC/USD')).toBe(61_234.5);
    expect(prices.get('ZEC/USD')).toBeGreaterThan(0);
    const since = Math.floor(Date.now() / 300_000) * 300_000 - 100 * 300_000;
    const candles = await client.candles('BTC/USD', '5m', since, 720);
    expect(candles[0]?.start).toBe(since);
    expect(candles).toHaveLength(101);
    for (const { open, high, low, close, volume } of candles) {
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
      expect(low).toBeLessThanOrEqual(Math.min(open, close));
      expect(volume).toBeGreaterThan(0);
    }
  });

  it('says what is wrong when it fails', async () => {
    const { server, client } = await start();
    server.setFault({ endpoint: '/0/public/AssetPairs', fault: { kind: 'status', status: 503 }, times: 1 });
    await expect(client.markets()).rejects.toMatchObject({ name: 'FeedError', kind: 'unreachable' });
    server.setFault({ endpoint: '/0/public/AssetPairs', fault: { kind: 'status', status: 429 }, times: 1 });
    await expect(client.markets()).rejects.toMatchObject({ name: 'FeedError', kind: 'rate-limited' });
    server.setFault({ endpoint: '/0/public/AssetPairs', fault: { kind: 'reset' }, times: 1 });
    await expect(client.markets()).rejects.toMatchObject({ name: 'FeedError', kind: 'unreachable' });
    server.setFault({
      endpoint: '/0/public/AssetPairs',
      fault: { kind: 'text', text: '<html>', contentType: 'text/html' },
      times: 1,
    });
    await expect(client.markets()).rejects.toMatchObject({ name: 'FeedError' });
    await expect(client.markets()).resolves.not.toHaveLength(0);
  });

  it('tells every trade of every market once, also when many come in one packet', async () => {
    const { server, client } = await start();
    const following = follow(client, ['BTC/USD', 'ETH/USD', 'ZEC/USD']);
    await until(() => following.connections() === 1 && server.exchange.connections() === 1);
    const coins = ['bitcoin', 'ethereum', 'zcash'];
    // The first trade of each shows that the subscription is in force.
    await until(() => {
      for (const coin of coins) server.exchange.trade(coin, 1);
      return new Set(following.told.map(({ symbol }) => symbol)).size === 3;
    });
    for (let index = 0; index < 900; index++) server.exchange.trade(coins[index % 3] ?? '', 100 + index);
    const wanted = (symbol: string) =>
      following.told.filter((one) => one.symbol === symbol && one.trade.price >= 100);
    await until(() => coins.length * 300 === following.told.filter(({ trade }) => trade.price >= 100).length);
    for (const [place, symbol] of ['BTC/USD', 'ETH/USD', 'ZEC/USD'].entries()) {
      expect(wanted(symbol).map(({ trade }) => trade.price)).toEqual(
        Array.from({ length: 300 }, (_, index) => 100 + 3 * index + place),
      );
    }
    following.end();
    expect(await following.ended).toMatchObject({ message: 'enough' });
    await until(() => server.exchange.connections() === 0);
  });

  it('notices a broken and a silent connection', async () => {
    const { server, client } = await start(1_500);
    const broken = follow(client, ['BTC/USD']);
    await until(() => broken.connections() === 1);
    server.exchange.dropSockets();
    expect(await broken.ended).toMatchObject({ name: 'FeedError', kind: 'unreachable' });

    const silent = follow(client, ['BTC/USD']);
    await until(() => silent.connections() === 1);
    server.exchange.setSocketFault('silent');
    expect(await silent.ended).toMatchObject({ message: expect.stringContaining('said nothing for 1.5 s') });

    server.exchange.setSocketFault('closed');
    const refused = follow(client, ['BTC/USD']);
    expect(await refused.ended).toMatchObject({ name: 'FeedError', kind: 'unreachable' });
  });
});
