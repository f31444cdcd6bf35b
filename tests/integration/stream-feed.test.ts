import { afterEach, describe, expect, it } from 'vitest';
import type { ExchangeEndpoint } from '../../demo/faults.ts';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import type { ExchangeRequest } from '../../electron/monitor/sources/exchanges/exchange-feed.ts';
import type { ReferencePrice } from '../../electron/monitor/sources/exchanges/market-trust.ts';
import { scaledClock, systemClock } from '../../electron/monitor/time/clock.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { EXCHANGES } from '../../shared/settings/settings.ts';
import { until } from '../program.ts';
import { type Exchanges, openExchanges } from './open-exchanges.ts';

/** A minute of the market's time in a real second. */
const SPEED = 60;

let server: DemoServer | undefined;
let feed: Exchanges | undefined;

type Start = {
  readonly request?: Partial<ExchangeRequest>;
  readonly reference?: ReferencePrice | null;
  readonly isReferenceDown?: () => boolean;
  readonly catalog?: ReadonlyMap<string, string>;
};

async function start({ request, reference = null, isReferenceDown, catalog }: Start = {}) {
  const clock = scaledClock(SPEED, Date.now());
  const market = await startDemoServer({ clock, seed: 'stream feed', record: true });
  server = market;
  const ticks: Tick[] = [];
  const exchanges = openExchanges({
    clock,
    networkClock: systemClock,
    random: () => 0,
    log: silentLog,
    fetch: globalThis.fetch,
    urlOverride: market.exchangeUrl,
    times: { accepts: () => true },
    silentAfterMs: 1_500,
    request: { coins: ['bitcoin'], vsCurrency: 'usd', exchanges: ['kraken'], realTime: true, ...request },
    isReferenceDown: isReferenceDown ?? (() => false),
    reference: () => reference,
    catalogSymbols: async () => catalog ?? null,
    onTicks: (news) => ticks.push(...news),
  });
  feed = exchanges;
  exchanges.start();
  const status = () => exchanges.state().streams[0]?.status;
  return { market, exchanges, ticks, status };
}

afterEach(async () => {
  await feed?.stop();
  await server?.close();
});

describe('prices from exchanges', () => {
  it('are polled while the stream is silent, and streamed again afterwards', async () => {
    const { market, ticks, status } = await start();
    await until(() => status() === 'live');
    market.exchange.setSocketFault('silent');
    await until(() => status() === 'waiting');
    market.setPrice('bitcoin', { price: 61_111 });
    await until(() => ticks.some(({ price }) => price === 61_111));
    market.exchange.setSocketFault(null);
    await until(() => status() === 'live');
    await until(() => {
      market.exchange.trade('bitcoin', 62_222);
      return ticks.some(({ price }) => price === 62_222);
    });
    expect(new Set(ticks.map(({ observedAt }) => observedAt)).size).toBe(ticks.length);
    expect(new Set(ticks.map(({ source }) => source))).toEqual(new Set(['kraken']));
  });

  it('come from two exchanges at a time for a coin that is compared on both', async () => {
    const { market, exchanges, ticks } = await start({
      request: {
        coins: ['bitcoin', 'ethereum'],
        exchanges: ['kraken', 'coinbase'],
        compared: { coinbase: ['bitcoin'] },
      },
    });
    const served = () =>
      exchanges
        .state()
        .streams.flatMap(({ source, status, coins }) => (status === 'live' ? [[source, coins]] : []));
    await until(() => {
      market.exchange.trade('bitcoin', 61_000);
      market.exchange.trade('ethereum', 3_100);
      return served().length === 2 && new Set(ticks.map(({ source }) => source)).size === 2;
    });
    expect(Object.fromEntries(served())).toEqual({
      kraken: ['bitcoin', 'ethereum'],
      coinbase: ['bitcoin'],
    });
    expect(ticks.filter(({ source, coinId }) => source === 'coinbase' && coinId !== 'bitcoin')).toEqual([]);
  });

  it('are not fetched while they are not needed', async () => {
    let isDown = false;
    let checks = 0;
    const { market, ticks } = await start({
      request: { realTime: false },
      isReferenceDown() {
        checks++;
        return isDown;
      },
    });
    await until(() => checks > 5);
    expect(market.requests()).toEqual([]);
    isDown = true;
    await until(() => ticks.length > 0);
    expect(market.exchange.connections()).toBe(0);
  });

  it('are rejected for another coin with the same symbol', async () => {
    const { market, ticks, exchanges, status } = await start({
      request: { coins: ['batcat-token'] },
      reference: { price: 0.0001, observedAt: Date.now() },
      catalog: new Map([['batcat-token', 'btc']]),
    });
    await until(() => market.exchange.connections() === 1);
    for (let index = 0; index < 20; index++) {
      market.exchange.trade('bitcoin', 60_000);
      await systemClock.sleep(20);
    }
    expect(ticks).toEqual([]);
    expect(status()).toBe('connecting');
    expect(await exchanges.marketOf('kraken', 'batcat-token', 'usd')).toBeNull();
    expect(await exchanges.marketOf('kraken', 'bitcoin', 'usd')).toBe('BTC/USD');
  });

  it('follow changes of the coins and the currency', async () => {
    const { market, ticks, exchanges } = await start();
    await until(() => exchanges.state().streams[0]?.status === 'live');
    exchanges.change({ coins: ['zcash'], vsCurrency: 'eur', exchanges: ['kraken'], realTime: true });
    await until(
      () =>
        exchanges.state().streams[0]?.status === 'live' && exchanges.state().streams[0]?.coins[0] === 'zcash',
    );
    await until(() => {
      market.exchange.trade('zcash', 300, { vsCurrency: 'eur' });
      return ticks.some(({ coinId, vsCurrency }) => coinId === 'zcash' && vsCurrency === 'eur');
    });
    exchanges.change({ coins: ['zcash'], vsCurrency: 'eur', exchanges: [], realTime: true });
    await until(() => exchanges.state().streams.length === 0);
    expect(market.exchange.connections()).toBe(0);
  });

  it.each(EXCHANGES)('lack no trade between two connections to %s', async (id) => {
    const { market, ticks, status } = await start({ request: { exchanges: [id], vsCurrency: 'eur' } });
    const trade = (price: number) => market.exchange.trade('bitcoin', price, { vsCurrency: 'eur' });
    await until(() => {
      trade(50_000);
      return ticks.some(({ price }) => price === 50_000);
    });
    market.exchange.setSocketFault('closed');
    await until(() => status() === 'waiting');
    // More than an exchange repeats in its snapshot.
    const missed = Array.from({ length: 200 }, (_, index) => trade(60_000 + index).price);
    market.exchange.setSocketFault(null);
    await until(() => {
      trade(70_000);
      return missed.every((price) => ticks.some((tick) => tick.price === price));
    });
    const resumed = ticks.filter(({ price }) => missed.includes(price));
    expect(resumed.map(({ source }) => source)).toEqual(missed.map(() => id));
    expect(new Set(ticks.map(({ observedAt }) => observedAt)).size).toBe(ticks.length);
  });

  it('lack and repeat no trade of a coin when another one is added', async () => {
    const { market, ticks, exchanges, status } = await start();
    await until(() => status() === 'live');
    await until(() => {
      market.exchange.trade('bitcoin', 50_000);
      return ticks.length > 0;
    });
    exchanges.change({
      coins: ['zcash', 'bitcoin'],
      vsCurrency: 'usd',
      exchanges: ['kraken'],
      realTime: true,
    });
    const missed = Array.from({ length: 100 }, (_, index) =>
      market.exchange.trade('bitcoin', 60_000 + index),
    );
    await until(() => {
      market.exchange.trade('bitcoin', 70_000);
      return missed.every(({ price }) => ticks.some((tick) => tick.price === price));
    });
    for (const { price } of missed) {
      expect(ticks.filter((tick) => tick.price === price)).toHaveLength(1);
    }
  });

  it('come from the next exchange when the first responds without any price', async () => {
    const { market, ticks } = await start({
      request: { exchanges: ['kraken', 'coinbase'], realTime: false },
      isReferenceDown: () => true,
    });
    market.setFault({
      endpoint: '/0/public/Ticker',
      fault: { kind: 'json', value: { error: [], result: {} } },
    });
    await until(() => ticks.some(({ source }) => source === 'coinbase'));
  });

  it('move from exchange to exchange as one after the other fails', async () => {
    const { market, ticks, exchanges } = await start({
      request: { exchanges: [...EXCHANGES], vsCurrency: 'eur' },
    });
    const stream = () => exchanges.state().streams[0];
    const fail = (endpoint: ExchangeEndpoint) =>
      market.setFault({ endpoint, fault: { kind: 'status', status: 503 } });
    /** The sources of a price that is traded until it arrives. */
    const sourcesOf = async (price: number) => {
      await until(() => {
        market.exchange.trade('bitcoin', price, { vsCurrency: 'eur' });
        return ticks.some((tick) => tick.price === price);
      });
      return new Set(ticks.filter((tick) => tick.price === price).map(({ source }) => source));
    };
    await until(() => stream()?.status === 'live');
    expect(await sourcesOf(50_000)).toEqual(new Set(['kraken']));
    expect(market.requests().every(({ url }) => url.startsWith('/exchange/kraken/'))).toBe(true);

    fail('/0/public/Ticker');
    market.exchange.setSocketFault('closed');
    await until(() => stream()?.source === 'coinbase');
    market.exchange.setSocketFault(null);
    await until(() => stream()?.status === 'live');
    expect(await sourcesOf(51_000)).toEqual(new Set(['coinbase']));

    fail('/api/v3/brokerage/market/products');
    market.exchange.setSocketFault('closed');
    await until(() => stream()?.source === 'binance');
    await until(() => exchanges.state().streams.length === 1 && ticks.at(-1)?.source === 'binance');
    market.exchange.setSocketFault(null);
    expect(await sourcesOf(52_000)).toEqual(new Set(['binance']));
  });

  it('come from the next exchange when the markets of the first are unavailable', async () => {
    let isDown = false;
    const { market, ticks, exchanges } = await start({
      request: { exchanges: ['coinbase', 'kraken'], realTime: false },
      isReferenceDown: () => isDown,
    });
    market.setFault({ endpoint: '/api/v3/brokerage/market/products', fault: { kind: 'reset' } });
    isDown = true;
    await until(() => ticks.length > 0);
    expect(new Set(ticks.map(({ source }) => source))).toEqual(new Set(['kraken']));
    expect(exchanges.state().fallback).toBe('kraken');
  });
});
