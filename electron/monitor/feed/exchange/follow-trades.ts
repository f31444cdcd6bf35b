import type { ExchangeId } from '../../../../shared/settings.ts';
import type { Clock } from '../../clock.ts';
import { FeedError } from '../price-source.ts';
import type { CcxtExchange, CcxtTrade } from './ccxt-exchange.ts';
import { toExchangeError } from './exchange-error.ts';
import { QUIRKS } from './exchange-quirks.ts';
import { closeSockets, listenToSockets, untilSilent } from './exchange-sockets.ts';
import { readTrades } from './read-trades.ts';
import type { Trade } from './trade-ticks.ts';

/** Markets in one subscription: Binance takes 200. */
const MARKETS_PER_SUBSCRIPTION = 200;

/** What a socket tells while trades are followed. Called synchronously, as messages come. */
export type TradeListener = {
  /** The first message came: the connection is more than open. */
  onLive(): void;
  /** Trades of a market in the order of their times; some may have been told before. */
  onTrades(symbol: string, trades: readonly Trade[]): void;
};

export type FollowOptions = {
  readonly id: ExchangeId;
  readonly symbols: readonly string[];
  readonly listener: TradeListener;
  readonly networkClock: Clock;
  readonly silentAfterMs: number;
};

/**
 * Follows the trades of markets on one connection until it breaks, is silent for `silentAfterMs`, or the signal aborts, and
 * says which by throwing a `FeedError` or the signal's reason.
 */
export async function followTrades(
  exchange: CcxtExchange,
  { id, symbols, listener, networkClock, silentAfterMs }: FollowOptions,
  signal: AbortSignal,
): Promise<never> {
  signal.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  // It may end before anybody waits for that, and Node ends with a rejection that nobody has seen.
  ended.promise.catch(() => undefined);
  const fail = (error: unknown): void => ended.reject(toExchangeError(id, error));
  let heardAt = networkClock.now();
  let isLive = false;
  const tellNews = newsOf(exchange, listener.onTrades);

  const detach = listenToSockets(exchange, {
    onMessage: () => {
      heardAt = networkClock.now();
      if (!isLive) listener.onLive();
      isLive = true;
      tellNews();
    },
    onConnected: () => {
      heardAt = networkClock.now();
    },
    onEnd: fail,
  });
  const onAbort = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const watching = new AbortController();
  try {
    // What an earlier connection left would be told again as new.
    exchange.trades = {};
    await exchange.loadMarkets();
    for (let start = 0; start < symbols.length; start += MARKETS_PER_SUBSCRIPTION) {
      // Resolves at the first trade, which is told by then; only its failure counts.
      exchange.watchTradesForSymbols(symbols.slice(start, start + MARKETS_PER_SUBSCRIPTION)).catch(fail);
    }
    QUIRKS[id].keepOpen?.(exchange).catch(fail);
    const heard = (): number => {
      const pongs = Object.values(exchange.clients).map(({ lastPong }) => lastPong ?? 0);
      return Math.max(heardAt, ...pongs);
    };
    untilSilent(heard, silentAfterMs, networkClock, watching.signal).then(
      () => fail(new FeedError('unreachable', `${id} said nothing for ${silentAfterMs / 1_000} s`)),
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
}

/** Gives a function that tells what has come into ccxt's caches of trades since it was called last. */
function newsOf(exchange: CcxtExchange, onTrades: TradeListener['onTrades']): () => void {
  const lastTold = new Map<string, CcxtTrade>();
  return () => {
    for (const [place, cache] of Object.entries(exchange.trades)) {
      const told = lastTold.get(place);
      const last = cache[cache.length - 1];
      if (last === undefined || last === told) continue;
      lastTold.set(place, last);
      for (const [symbol, trades] of Map.groupBy(
        newestTrades(cache, told),
        (trade) => trade.symbol ?? place,
      )) {
        onTrades(symbol, readTrades(trades));
      }
    }
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
