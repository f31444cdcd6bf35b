import { z } from 'zod';
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

/** An exchange, asked through ccxt. Every call throws a `FeedError`. Markets go by ccxt's unified names, `BTC/USD`. */
export type ExchangeClient = {
  readonly id: ExchangeId;
  /** The spot markets that are open. Asked once, and again after a day. */
  markets(): Promise<readonly ExchangeMarket[]>;
  /** The last price of each market, by one call. Markets without a price are left out. */
  lastPrices(symbols: readonly string[]): Promise<LastPrices>;
  /**
   * Trades between two instants, both included, or up to now, oldest first, as many as one call gives. They have the numbers
   * under which they are told when they are made.
   */
  tradesBetween(symbol: string, from: number, to: number | null): Promise<readonly Trade[]>;
  /** Candles from `since` on, oldest first, as many as one call gives. */
  candles(
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
  ): Promise<readonly ExchangeCandle[]>;
  /**
   * Follows the trades of markets until the socket breaks, is silent for `silentAfterMs`, or the signal aborts, and says
   * which by throwing a `FeedError` or the signal's reason. See `FollowOptions` for `isCautious`.
   */
  followTrades(
    request: { readonly symbols: readonly string[]; readonly isCautious: boolean },
    listener: TradeListener,
    signal: AbortSignal,
  ): Promise<never>;
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
        const trades = readTrades(await QUIRKS[id].tradesBetween(exchange, symbol, from, to));
        return trades.filter(({ at }) => at >= from && (to === null || at <= to));
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
