import { afterEach, describe, expect, it } from 'vitest';
import { DEMO_COINS, RENAMED_COINS } from '../../demo/coins.ts';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import type { ExchangeRequest } from '../../electron/monitor/sources/exchanges/exchange-feed.ts';
import type { ReferencePrice } from '../../electron/monitor/sources/exchanges/market-trust.ts';
import { type Clock, scaledClock, systemClock } from '../../electron/monitor/time/clock.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { EXCHANGES, type ExchangeId } from '../../shared/settings/settings.ts';
import { until } from '../program.ts';
import { textOf } from '../text-of.ts';
import { type Exchanges, openExchanges } from './open-exchanges.ts';

/** A minute of the market's time in a real second. */
const SPEED = 60;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

let server: DemoServer | undefined;
let feed: Exchanges | undefined;

type Start = {
  readonly request?: Partial<ExchangeRequest>;
  readonly references?: Readonly<Record<string, number>>;
  readonly networkClock?: Clock;
  readonly silentAfterMs?: number;
  /** Runs before the feed connects. */
  readonly prepare?: (market: DemoServer) => void;
};

const CATALOG = new Map(RENAMED_COINS.map(({ id, symbol }) => [id, symbol]));

async function start({ request, references, networkClock, silentAfterMs, prepare }: Start = {}) {
  const clock = scaledClock(SPEED, Date.now());
  const coins = [...DEMO_COINS, ...RENAMED_COINS];
  const market = await startDemoServer({ clock, seed: 'stream markets', record: true, coins });
  server = market;
  prepare?.(market);
  const ticks: Tick[] = [];
  const prices = new Map(Object.entries(references ?? {}));
  const reference = (coinId: string): ReferencePrice | null => {
    const price = prices.get(coinId);
    return price === undefined ? null : { price, observedAt: clock.now() };
  };
  const exchanges = openExchanges({
    clock,
    networkClock: networkClock ?? systemClock,
    random: () => 0,
    log: silentLog,
    fetch: globalThis.fetch,
    times: { accepts: () => true },
    urlOverride: market.exchangeUrl,
    silentAfterMs: silentAfterMs ?? 10_000,
    request: { coins: ['bitcoin'], vsCurrency: 'usd', exchanges: ['kraken'], realTime: true, ...request },
    isReferenceDown: () => false,
    reference,
    catalogSymbols: async () => CATALOG,
    onTicks: (news) => ticks.push(...news),
  });
  feed = exchanges;
  exchanges.start();
  const statusOf = (coinId: string) =>
    exchanges.state().streams.find(({ coins }) => coins.includes(coinId))?.status;
  /** Prices of trades, which have an amount; polled ones have none. */
  const traded = (coinId: string) =>
    ticks.filter((tick) => tick.coinId === coinId && tick.amount !== null).map(({ price }) => price);
  const polled = (coinId: string) =>
    ticks.filter((tick) => tick.coinId === coinId && tick.amount === null).map(({ price }) => price);
  return { market, clock, exchanges, ticks, prices, statusOf, traded, polled };
}

afterEach(async () => {
  await feed?.stop();
  await server?.close();
});

describe('the streamed market of a coin', () => {
  it('is requested by the exchange’s own name for the coin', async () => {
    const { market, traded, statusOf } = await start({
      request: { coins: ['terra-luna-2', 'terra-luna', 'augur', 'dogecoin'] },
      references: { 'terra-luna-2': 0.5, 'terra-luna': 0.00006, augur: 1.4, dogecoin: 0.11 },
      prepare: ({ setPrice }) => {
        setPrice('terra-luna-2', { price: 0.5 });
        setPrice('terra-luna', { price: 0.00006 });
      },
    });
    await until(() => {
      market.exchange.trade('terra-luna-2', 0.51);
      market.exchange.trade('terra-luna', 0.000061);
      market.exchange.trade('augur', 1.41);
      market.exchange.trade('dogecoin', 0.111);
      return ['terra-luna-2', 'terra-luna', 'augur', 'dogecoin'].every((id) => traded(id).length > 0);
    });
    expect(new Set(traded('terra-luna-2'))).toEqual(new Set([0.51]));
    expect(new Set(traded('terra-luna'))).toEqual(new Set([0.000061]));
    expect(new Set(traded('augur'))).toEqual(new Set([1.41]));
    expect(statusOf('terra-luna-2')).toBe('live');
  });

  it('is compared with the reference price on each connection, and again when it differs from it', async () => {
    const { market, traded, statusOf, prices, ticks } = await start({
      request: { coins: ['terra-luna-2'] },
      references: { 'terra-luna-2': 0.5 },
    });
    const tradeAt = (price: number) => market.exchange.trade('terra-luna-2', price);
    await until(() => {
      tradeAt(0.5);
      return traded('terra-luna-2').length > 0;
    });
    // Another coin under the same name.
    market.exchange.dropSockets();
    await until(() => market.exchange.connections() === 0);
    await until(() => market.exchange.connections() === 1);
    for (let count = 0; count < 20; count++) {
      tradeAt(0.00006);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => {
      tradeAt(0.505);
      return traded('terra-luna-2').includes(0.505);
    });
    expect(Math.min(...ticks.map(({ price }) => price))).toBeGreaterThan(0.4);
    // A crash that the reference follows later is accepted immediately.
    tradeAt(0.4);
    await until(() => traded('terra-luna-2').includes(0.4));
    prices.set('terra-luna-2', 0.4);
    tradeAt(0.395);
    await until(() => traded('terra-luna-2').includes(0.395));
    // A move that the reference does not follow in time is a move of another coin.
    prices.set('terra-luna-2', 0.8);
    await until(() => {
      tradeAt(0.395);
      return statusOf('terra-luna-2') !== 'live';
    });
    prices.set('terra-luna-2', 0.4);
    await until(() => statusOf('terra-luna-2') === 'live');
  });

  it.each(EXCHANGES)('is polled when %s rejects it, while the others are streamed', async (id) => {
    const { market, traded, polled, statusOf, exchanges } = await start({
      request: { coins: ['bitcoin', 'zcash', 'ethereum'], vsCurrency: 'eur', exchanges: [id] },
      prepare: ({ exchange }) => exchange.refuse(id, 'zcash', 'eur'),
    });
    await until(() => {
      market.exchange.trade('bitcoin', 50_000, { vsCurrency: 'eur' });
      market.exchange.trade('zcash', 250, { vsCurrency: 'eur' });
      market.exchange.trade('ethereum', 2_000, { vsCurrency: 'eur' });
      return traded('bitcoin').length > 0 && traded('ethereum').length > 0 && statusOf('zcash') === 'refused';
    });
    expect(statusOf('bitcoin')).toBe('live');
    expect(statusOf('ethereum')).toBe('live');
    expect(textOf(exchanges.problem()?.message)).toMatch(
      /refuses to stream ZEC\/EUR, the market of zcash: .+\. Its price/,
    );
    const before = polled('zcash').length;
    await until(() => polled('zcash').length > before + 1);
    expect(traded('zcash')).toEqual([]);
    expect(market.exchange.connections()).toBe(1);
    expect(market.exchange.opened()).toBe(1);
  });

  it('continues when Binance sends an error after the first trade, and requests quiet markets again', async () => {
    const { market, traded, statusOf } = await start({
      request: { coins: ['bitcoin', 'zcash'], vsCurrency: 'eur', exchanges: ['binance'] },
    });
    const trade = (coinId: string, price: number) =>
      market.exchange.trade(coinId, price, { vsCurrency: 'eur' });
    await until(() => {
      trade('bitcoin', 50_000);
      return traded('bitcoin').length > 0;
    });
    expect(statusOf('zcash')).toBe('connecting');
    market.exchange.refuse('binance', 'zcash', 'eur');
    market.exchange.broadcast('binance', {
      error: { code: 2, msg: 'Invalid request: invalid stream' },
      id: 1,
    });
    await until(() => {
      trade('bitcoin', 50_001);
      return traded('bitcoin').includes(50_001);
    });
    expect(market.exchange.opened()).toBe(1);
  });

  it('is live only after its first trade, and polled until then', async () => {
    const { market, traded, polled, statusOf } = await start({
      request: { vsCurrency: 'usdc', exchanges: ['coinbase'] },
    });
    // Coinbase responds to a subscription in USDC with the trades in US dollars.
    await until(() => {
      market.exchange.trade('bitcoin', 50_000, { vsCurrency: 'usd' });
      return polled('bitcoin').length > 2;
    });
    expect(statusOf('bitcoin')).toBe('connecting');
    expect(traded('bitcoin')).toEqual([]);
  });

  it('is not live on Binance before it has traded', async () => {
    const { market, polled, statusOf } = await start({
      request: { vsCurrency: 'eur', exchanges: ['binance'] },
    });
    await until(() => market.exchange.connections() === 1 && polled('bitcoin').length > 2);
    expect(statusOf('bitcoin')).toBe('connecting');
    await until(() => {
      market.exchange.trade('bitcoin', 50_000, { vsCurrency: 'eur' });
      return statusOf('bitcoin') === 'live';
    });
  });
});

describe('a break of the connection', () => {
  /** Breaks the connection, makes trades, and waits for a trade on the next connection. */
  async function across(id: ExchangeId, tradeBefore: (market: DemoServer, now: number) => void) {
    const stage = await start({ request: { vsCurrency: 'eur', exchanges: [id] } });
    const { market, clock, ticks, traded } = stage;
    const trade = (price: number, at: number) =>
      market.exchange.trade('bitcoin', price, { vsCurrency: 'eur', at });
    await until(() => market.exchange.connections() === 1);
    let first = 0;
    await until(() => {
      first += 1;
      trade(first, clock.now() - 440 * SECOND_MS);
      return traded('bitcoin').length > 0;
    });
    tradeBefore(market, clock.now());
    market.exchange.setSocketFault('closed');
    await until(() => market.exchange.connections() === 0);
    ticks.length = 0;
    return { ...stage, trade };
  }

  it.each(EXCHANGES)('loses no trade of a quiet market on %s', async (id) => {
    const { market, clock, trade, traded } = await across(id, () => undefined);
    const missed = Array.from({ length: 120 }, (_, index) => 60_000 + index);
    for (const price of missed) trade(price, clock.now());
    market.exchange.setSocketFault(null);
    // This needs no further trade.
    await until(() => missed.every((price) => traded('bitcoin').includes(price)));
    expect(traded('bitcoin').toSorted((a, b) => a - b)).toEqual(missed);
  });

  it.each(EXCHANGES)(
    'keeps the order of %s within a millisecond, and each trade in its minute',
    async (id) => {
      const { market, clock, trade, ticks, traded } = await across(id, () => undefined);
      // Forty per millisecond, around the end of a minute and the start of the snapshot.
      const end = Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS;
      const missed = Array.from({ length: 120 }, (_, index) => ({
        price: 60_000 + index,
        at: end - 1 + Math.floor(index / 40),
      }));
      for (const { price, at } of missed) trade(price, at);
      market.exchange.setSocketFault(null);
      await until(() => traded('bitcoin').length === missed.length);
      const inTime = ticks
        .filter(({ amount }) => amount !== null)
        .toSorted((a, b) => a.observedAt - b.observedAt);
      expect(inTime.map(({ price }) => price)).toEqual(missed.map(({ price }) => price));
      expect(inTime.map(({ observedAt }) => observedAt < end)).toEqual(missed.map(({ at }) => at < end));
    },
  );
});

describe('a snapshot', () => {
  it.each(['kraken', 'coinbase'] as const)('of %s produces no ticks, however late it arrives', async (id) => {
    const networkClock = scaledClock(SPEED, Date.now());
    const { market, traded } = await start({
      request: { exchanges: [id] },
      networkClock,
      silentAfterMs: 100 * MINUTE_MS,
      prepare: ({ exchange }) => exchange.holdSnapshots(true),
    });
    await until(() => {
      market.exchange.trade('bitcoin', 60_000);
      return traded('bitcoin').length > 0;
    });
    const liveAt = networkClock.now();
    await until(() => networkClock.now() - liveAt > 10 * SECOND_MS);
    market.exchange.holdSnapshots(false);
    await until(() => {
      market.exchange.trade('bitcoin', 60_001);
      return traded('bitcoin').includes(60_001);
    });
    expect(traded('bitcoin').filter((price) => price < 60_000 || price > 60_001)).toEqual([]);
  });
});
