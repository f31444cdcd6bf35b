import { z } from 'zod';
import { message } from '../../../../shared/messages/message.ts';
import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { RoutesTo } from '../../network/network.ts';
import type { Clock } from '../../time/clock.ts';
import { isPlausiblePrice, priceSchema } from '../plausible-price.ts';
import { FeedError } from '../price-source.ts';
import { type CcxtExchange, createCcxtExchange } from './ccxt-exchange.ts';
import { toExchangeError } from './exchange-error.ts';
import { QUIRKS } from './exchange-quirks.ts';
import { closeSockets } from './exchange-sockets.ts';
import { followTrades, type TradeListener } from './follow-trades.ts';
import type { ExchangeMarket } from './map-markets.ts';
import { readTrades } from './read-trades.ts';
import type { Trade } from './trade.ts';

/** A candle with its traded volume, in units of the coin. */
export type ExchangeCandle = {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

export type LastPrices = {
  /**
   * When the exchange responded, in ms since the epoch, from the `date` header: this machine's clock may be wrong.
   * Null without one.
   */
  readonly at: number | null;
  readonly prices: ReadonlyMap<string, number>;
};

/**
 * Client of one exchange, built on ccxt. Every call fails with a `FeedError`. Markets have ccxt's unified names, such
 * as `BTC/USD`.
 */
export type ExchangeClient = {
  readonly id: ExchangeId;
  /** The spot markets that are open for trading. The list is fetched once a day. */
  markets(): Promise<readonly ExchangeMarket[]>;
  /** The last price of each market, in one request. Markets without a price are left out. */
  lastPrices(symbols: readonly string[]): Promise<LastPrices>;
  /**
   * Trades between two instants, both included, or up to now if `to` is null; oldest first, as many as one request
   * returns. They have the same ids as on the stream.
   */
  tradesBetween(symbol: string, from: number, to: number | null): Promise<readonly Trade[]>;
  /** Candles from `since` on, oldest first, as many as one request returns. */
  candles(
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
  ): Promise<readonly ExchangeCandle[]>;
  /**
   * Streams the trades of markets until the connection breaks or is silent for `silentAfterMs`, which throws a
   * `FeedError`, or until the signal aborts, which throws its reason. See `FollowOptions` for `isCautious`.
   */
  followTrades(
    request: { readonly symbols: readonly string[]; readonly isCautious: boolean },
    listener: TradeListener,
    signal: AbortSignal,
  ): Promise<never>;
  /** Whether the last response came from a simulated market. */
  isSimulated(): boolean;
  close(): Promise<void>;
};

export type ExchangeClientOptions = {
  readonly id: ExchangeId;
  /** Base URL of a simulated exchange that replaces the real one, or null. */
  readonly urlOverride: string | null;
  readonly fetch: typeof globalThis.fetch;
  /** Proxy routes for WebSockets; direct connections when absent. */
  readonly routesTo?: RoutesTo | undefined;
  /** Real time, for connections and cooldowns, even if the market's clock runs faster. */
  readonly networkClock: Clock;
  readonly timeoutMs?: number;
  /** A connection that is silent for this long is dead: exchanges send heartbeats and respond to pings. */
  readonly silentAfterMs?: number;
};

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_SILENT_AFTER_MS = 30_000;
const MARKETS_AGE_MS = 24 * 60 * 60_000;
const candleSchema = z.tuple([
  z.number().int().positive(),
  priceSchema,
  priceSchema,
  priceSchema,
  priceSchema,
  z.number().nonnegative(),
]);

/** Creates a client that loads its exchange class at the first call. */
export function createExchangeClient(options: ExchangeClientOptions): ExchangeClient {
  const { id, networkClock } = options;
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

  const request = async <T>(work: (exchange: CcxtExchange) => Promise<T>): Promise<T> => {
    try {
      const exchange = await load();
      const result = await work(exchange);
      simulated = headerOf(exchange, 'x-simulated-market') === '1';
      return result;
    } catch (error) {
      throw toExchangeError(id, error);
    }
  };

  return {
    id,
    markets: () =>
      request(async (exchange) => {
        const now = networkClock.now();
        const isOld = now - marketsAt > MARKETS_AGE_MS;
        const markets = Object.values(await exchange.loadMarkets(isOld));
        // ccxt reads a malformed response as an empty list of markets, and would cache it.
        if (markets.length === 0)
          throw new FeedError('bad-answer', message('exchange.no-markets', { exchange: id }));
        if (isOld) marketsAt = now;
        return markets.filter(({ spot, active }) => spot && active !== false);
      }),
    lastPrices: (symbols) =>
      request(async (exchange) => {
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
      request(async (exchange) => {
        const trades = readTrades(await QUIRKS[id].tradesBetween(exchange, symbol, from, to));
        return trades.filter(({ at }) => at >= from && (to === null || at <= to));
      }),
    candles: (symbol, timeframe, since, limit) =>
      request(async (exchange) => {
        await exchange.loadMarkets();
        const rows = await exchange.fetchOHLCV(symbol, timeframe, since, limit);
        return rows.flatMap((row) => {
          const parsed = candleSchema.safeParse(row).data;
          if (parsed === undefined) return [];
          const [start, open, high, low, close, volume] = parsed;
          return [{ start, open, high, low, close, volume }];
        });
      }),
    async followTrades(request, listener, signal) {
      signal.throwIfAborted();
      const exchange = await load().catch((error: unknown) => Promise.reject(toExchangeError(id, error)));
      return followTrades(exchange, { ...request, id, listener, networkClock, silentAfterMs }, signal);
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

function headerOf(exchange: CcxtExchange, name: string): string | undefined {
  const headers = Object.entries(exchange.last_response_headers ?? {});
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}
