import { z } from 'zod';
import type { ExchangeId } from '../../../../shared/settings.ts';
import type { Clock } from '../../clock.ts';
import type { RoutesTo } from '../network/network.ts';
import {
  isPlausiblePrice,
  LEAST_PLAUSIBLE_PRICE,
  MOST_PLAUSIBLE_AMOUNT,
  MOST_PLAUSIBLE_PRICE,
} from '../plausible-price.ts';
import { FeedError } from '../price-source.ts';
import { type CcxtExchange, type CcxtTrade, createCcxtExchange } from './ccxt-exchange.ts';
import { toExchangeError } from './exchange-error.ts';
import { QUIRKS } from './exchange-quirks.ts';
import { closeSockets, listenToSockets, untilSilent } from './exchange-sockets.ts';
import type { ExchangeMarket } from './map-markets.ts';
import type { Trade } from './trade-ticks.ts';

/** A candle with the volume that was really traded in it, in units of the coin. */
export type ExchangeCandle = {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

export type LastPrices = {
  /** By the exchange's clock, in whole seconds: this machine's may be wrong. Null when the answer has no date. */
  readonly at: number | null;
  readonly prices: ReadonlyMap<string, number>;
};

/** What a socket tells while trades are followed. Called synchronously, as messages come. */
export type TradeListener = {
  /** The first message came: the connection is more than open. */
  onLive(): void;
  /** Trades of a market in the order of their times; some may have been told before. */
  onTrades(symbol: string, trades: readonly Trade[]): void;
};

/** An exchange, asked through ccxt. Every call throws a `FeedError`. Markets go by ccxt's unified names, `BTC/USD`. */
export type ExchangeClient = {
  readonly id: ExchangeId;
  /** The spot markets that are open. Asked once, and again after a day. */
  markets(): Promise<readonly ExchangeMarket[]>;
  /** The last price of each market, by one call. Markets without a price are left out. */
  lastPrices(symbols: readonly string[]): Promise<LastPrices>;
  /**
   * Trades between two instants, both included, oldest first, as many as one call gives. They have the numbers under which
   * they are told when they are made.
   */
  tradesBetween(symbol: string, from: number, to: number): Promise<readonly Trade[]>;
  /** Candles from `since` on, oldest first, as many as one call gives. */
  candles(
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
  ): Promise<readonly ExchangeCandle[]>;
  /**
   * Follows the trades of markets until the socket breaks, is silent for `silentAfterMs`, or the signal aborts, and says
   * which by throwing a `FeedError` or the signal's reason.
   */
  followTrades(symbols: readonly string[], listener: TradeListener, signal: AbortSignal): Promise<never>;
  /** Whether the last answer said that the market is a simulation. */
  isSimulated(): boolean;
  close(): Promise<void>;
};

export type ExchangeClientOptions = {
  readonly id: ExchangeId;
  readonly urlOverride: string | null;
  readonly fetch: typeof globalThis.fetch;
  /** The ways of WebSockets; directly when absent. */
  readonly routesTo?: RoutesTo | undefined;
  /** Time of the network: real time also where the market's clock runs faster. */
  readonly networkClock: Clock;
  readonly timeoutMs?: number;
  /** A socket that says nothing for this long is dead: exchanges send heartbeats and answer pings. */
  readonly silentAfterMs?: number;
};

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_SILENT_AFTER_MS = 30_000;
const MARKETS_AGE_MS = 24 * 60 * 60_000;
/** Markets in one subscription: Binance takes 200. */
const MARKETS_PER_SUBSCRIPTION = 200;

const priceSchema = z.number().min(LEAST_PLAUSIBLE_PRICE).max(MOST_PLAUSIBLE_PRICE);
const tradeSchema = z.object({
  id: z.string().nullish(),
  timestamp: z.number().int().positive(),
  price: priceSchema,
  amount: z.number().nonnegative().max(MOST_PLAUSIBLE_AMOUNT).nullish(),
});
const candleSchema = z.tuple([
  z.number().int().positive(),
  priceSchema,
  priceSchema,
  priceSchema,
  priceSchema,
  z.number().nonnegative(),
]);

/** A client whose exchange class is loaded at the first call. */
export function createExchangeClient(options: ExchangeClientOptions): ExchangeClient {
  const { id, networkClock } = options;
  const quirks = QUIRKS[id];
  const silentAfterMs = options.silentAfterMs ?? DEFAULT_SILENT_AFTER_MS;
  let loading: Promise<CcxtExchange> | null = null;
  let marketsAt = Number.NEGATIVE_INFINITY;
  let closed = false;
  let simulated = false;

  const load = (): Promise<CcxtExchange> => {
    loading ??= createCcxtExchange(id, {
      urlOverride: options.urlOverride,
      fetch: options.fetch,
      routesTo: options.routesTo ?? (async () => ['direct']),
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      pingEveryMs: Math.round(silentAfterMs / 3),
    });
    return loading;
  };

  const ask = async <T>(work: (exchange: CcxtExchange) => Promise<T>): Promise<T> => {
    try {
      const exchange = await load();
      const answer = await work(exchange);
      simulated = headerOf(exchange, 'x-simulated-market') === '1';
      return answer;
    } catch (error) {
      throw toExchangeError(id, error);
    }
  };

  return {
    id,
    markets: () =>
      ask(async (exchange) => {
        const now = networkClock.now();
        const isOld = now - marketsAt > MARKETS_AGE_MS;
        const markets = Object.values(await exchange.loadMarkets(isOld));
        // ccxt takes an answer that is no list of markets for an empty one, and would keep it.
        if (markets.length === 0) throw new FeedError('bad-answer', `${id} named no markets`);
        if (isOld) marketsAt = now;
        return markets.filter(({ spot, active }) => spot && active !== false);
      }),
    lastPrices: (symbols) =>
      ask(async (exchange) => {
        await exchange.loadMarkets();
        const tickers = await exchange.fetchTickers([...symbols]);
        const date = Date.parse(headerOf(exchange, 'date') ?? '');
        const prices = new Map(
          symbols.flatMap((symbol) => {
            const price = tickers[symbol]?.last;
            return isPlausiblePrice(price) ? [[symbol, price]] : [];
          }),
        );
        return { at: Number.isNaN(date) ? null : date, prices };
      }),
    tradesBetween: (symbol, from, to) =>
      ask(async (exchange) => {
        const trades = readTrades(await quirks.tradesBetween(exchange, symbol, from, to));
        return trades.filter(({ at }) => at >= from && at <= to);
      }),
    candles: (symbol, timeframe, since, limit) =>
      ask(async (exchange) => {
        await exchange.loadMarkets();
        const rows = await exchange.fetchOHLCV(symbol, timeframe, since, limit);
        return rows.flatMap((row) => {
          const parsed = candleSchema.safeParse(row).data;
          if (parsed === undefined) return [];
          const [start, open, high, low, close, volume] = parsed;
          return [{ start, open, high, low, close, volume }];
        });
      }),
    async followTrades(symbols, listener, signal) {
      signal.throwIfAborted();
      const exchange = await load().catch((error: unknown) => Promise.reject(toExchangeError(id, error)));
      const ended = Promise.withResolvers<never>();
      let heardAt = networkClock.now();
      let isLive = false;
      const lastTold = new Map<string, CcxtTrade>();

      const sweep = (): void => {
        for (const [place, cache] of Object.entries(exchange.trades)) {
          const fresh = newestTrades(cache, lastTold.get(place));
          const last = fresh.at(-1);
          if (last === undefined) continue;
          lastTold.set(place, last);
          for (const [symbol, trades] of Map.groupBy(fresh, (trade) => trade.symbol ?? place)) {
            listener.onTrades(symbol, readTrades(trades));
          }
        }
      };
      const detach = listenToSockets(exchange, {
        onMessage: () => {
          heardAt = networkClock.now();
          if (!isLive) listener.onLive();
          isLive = true;
          sweep();
        },
        onConnected: () => {
          heardAt = networkClock.now();
        },
        onEnd: (error) => ended.reject(toExchangeError(id, error)),
      });
      const onAbort = (): void => ended.reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const watching = new AbortController();
      try {
        // What an earlier connection left would be told again as new.
        exchange.trades = {};
        await exchange.loadMarkets();
        for (let start = 0; start < symbols.length; start += MARKETS_PER_SUBSCRIPTION) {
          // Resolves at the first trade, which `sweep` has told by then; only its failure counts.
          exchange
            .watchTradesForSymbols(symbols.slice(start, start + MARKETS_PER_SUBSCRIPTION))
            .catch((error: unknown) => ended.reject(toExchangeError(id, error)));
        }
        quirks.keepOpen?.(exchange).catch((error: unknown) => ended.reject(toExchangeError(id, error)));
        const heard = (): number => {
          const pongs = Object.values(exchange.clients).map(({ lastPong }) => lastPong ?? 0);
          return Math.max(heardAt, ...pongs);
        };
        untilSilent(heard, silentAfterMs, networkClock, watching.signal).then(
          () =>
            ended.reject(new FeedError('unreachable', `${id} said nothing for ${silentAfterMs / 1_000} s`)),
          () => undefined, // the connection ended first
        );
        return await ended.promise;
      } catch (error) {
        signal.throwIfAborted();
        throw toExchangeError(id, error);
      } finally {
        watching.abort();
        signal.removeEventListener('abort', onAbort);
        detach();
        await closeSockets(exchange);
      }
    },
    isSimulated: () => simulated,
    async close() {
      if (closed) return;
      closed = true;
      const exchange = await loading?.catch(() => null);
      if (exchange) await closeSockets(exchange);
    },
  };
}

/** The trades of a cache that came after the last one that was told. */
function newestTrades(cache: readonly CcxtTrade[], told: CcxtTrade | undefined): readonly CcxtTrade[] {
  let first = cache.length;
  while (first > 0 && cache[first - 1] !== told) first--;
  // ccxt's caches are arrays of their own kind, whose slices are such caches again.
  return Array.from({ length: cache.length - first }, (_, index) => cache[first + index]).filter(
    (trade) => trade !== undefined,
  );
}

function readTrades(trades: readonly CcxtTrade[]): readonly Trade[] {
  const good = [...trades].flatMap((trade) => {
    const parsed = tradeSchema.safeParse(trade).data;
    if (parsed === undefined) return [];
    return [
      { id: parsed.id ?? null, at: parsed.timestamp, price: parsed.price, amount: parsed.amount ?? null },
    ];
  });
  return good.sort((a, b) => a.at - b.at);
}

function headerOf(exchange: CcxtExchange, name: string): string | undefined {
  const headers = Object.entries(exchange.last_response_headers ?? {});
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}
