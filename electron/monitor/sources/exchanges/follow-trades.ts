import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { CcxtExchange, CcxtSocket } from './ccxt-exchange.ts';
import { toExchangeError } from './exchange-error.ts';
import { closeSockets, listenToSockets, untilSilent } from './exchange-sockets.ts';
import { SOCKET_DIALECTS, type SocketNews } from './socket-dialect.ts';
import { createSubscription } from './subscribe-markets.ts';
import type { Trade } from './trade-ticks.ts';

/** What a socket tells while trades are followed, called synchronously as messages come. Markets go by ccxt's names. */
export type TradeListener = {
  /** The first message came: the connection is more than open. */
  onLive(): void;
  /** The exchange says that it follows the market from now on. */
  onFollowed(symbol: string): void;
  /**
   * Trades of a market in the order in which they were made; some may have been told before.
   *
   * @param isSnapshot they are the last ones of before the subscription
   */
  onTrades(symbol: string, trades: readonly Trade[], isSnapshot: boolean): void;
  /** The exchange does not follow a market, the others go on; null when it does not say which. */
  onRefused(symbol: string | null, reason: string): void;
  /** The connection is over, and nothing was heard on it for so long. */
  onEnd(silentForMs: number): void;
};

export type FollowOptions = {
  readonly id: ExchangeId;
  readonly symbols: readonly string[];
  /** Asks for one market at a time: the exchange ended the last connection for one that it did not name. */
  readonly isCautious: boolean;
  readonly listener: TradeListener;
  readonly networkClock: Clock;
  readonly silentAfterMs: number;
};

/**
 * Follows the trades of markets on one connection until it breaks, is silent for `silentAfterMs`, or the signal aborts, and
 * says which by throwing a `FeedError` or the signal's reason. Markets are asked for by the exchange's own names, and a trade
 * counts only for the market that it names itself.
 */
export async function followTrades(
  exchange: CcxtExchange,
  { id, symbols, isCautious, listener, networkClock, silentAfterMs }: FollowOptions,
  signal: AbortSignal,
): Promise<never> {
  signal.throwIfAborted();
  const dialect = SOCKET_DIALECTS[id];
  const ended = Promise.withResolvers<never>();
  // It may end before anybody waits for that, and Node ends with a rejection that nobody has seen.
  ended.promise.catch(() => undefined);
  const fail = (error: unknown): void => ended.reject(toExchangeError(id, error));
  const watching = new AbortController();
  let heardAt = networkClock.now();
  let isLive = false;
  let socket: CcxtSocket | null = null;
  let hear: (news: SocketNews) => void = () => undefined;

  const detach = listenToSockets(exchange, {
    onMessage(message) {
      heardAt = networkClock.now();
      if (!isLive) listener.onLive();
      isLive = true;
      hear(dialect.read(message));
    },
    onConnected: () => {
      heardAt = networkClock.now();
    },
    onEnd: fail,
  });
  const heard = (): number => Math.max(heardAt, socket?.lastPong ?? 0);
  const onAbort = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const markets = await exchange.loadMarkets();
    const symbolOf = new Map<string, string>();
    for (const symbol of symbols) {
      const market = markets[symbol];
      const name = market === undefined ? null : dialect.nameOf(market);
      if (name === null) listener.onRefused(symbol, `${id} has no name for it on its WebSocket`);
      else symbolOf.set(name, symbol);
    }
    const opened = exchange.client(dialect.url(exchange));
    socket = opened;
    const send = (message: object): void => {
      opened
        .send(message)
        .catch((cause) =>
          fail(new FeedError('unreachable', `the connection to ${id} broke before it was asked`, { cause })),
        );
    };
    const subscription = createSubscription({
      dialect,
      names: [...symbolOf.keys()],
      isCautious,
      send,
      networkClock,
      signal: watching.signal,
      onConfirmed(name) {
        const symbol = symbolOf.get(name);
        if (symbol !== undefined) listener.onFollowed(symbol);
      },
      onRefused: (name, reason) => listener.onRefused(name && (symbolOf.get(name) ?? null), reason),
    });
    hear = (news) => {
      subscription.hear(news);
      for (const { name, trades, isSnapshot } of news.trades ?? []) {
        const symbol = symbolOf.get(name);
        if (symbol !== undefined) listener.onTrades(symbol, trades, isSnapshot);
      }
    };
    opened.connect().then(() => {
      if (watching.signal.aborted) return;
      if (dialect.greeting !== undefined) send(dialect.greeting);
      subscription.start();
    }, fail);
    untilSilent(heard, silentAfterMs, networkClock, watching.signal).then(
      () => fail(new FeedError('unreachable', `${id} said nothing for ${silentAfterMs / 1_000} s`)),
      () => undefined, // the connection ended first
    );
    return await ended.promise;
  } catch (error) {
    signal.throwIfAborted();
    throw toExchangeError(id, error);
  } finally {
    if (isLive) listener.onEnd(networkClock.now() - heard());
    watching.abort();
    signal.removeEventListener('abort', onAbort);
    detach();
    await closeSockets(exchange);
  }
}
