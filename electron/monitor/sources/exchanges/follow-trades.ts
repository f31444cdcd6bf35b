import { type Message, message } from '../../../../shared/messages/message.ts';
import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { CcxtExchange, CcxtSocket } from './ccxt-exchange.ts';
import { toExchangeError } from './exchange-error.ts';
import { closeSockets, listenToSockets, untilSilent } from './exchange-sockets.ts';
import type { SocketEvents } from './socket-dialect.ts';
import { SOCKET_DIALECTS } from './socket-dialects.ts';
import { createSubscription } from './subscribe-markets.ts';
import type { Trade } from './trade.ts';

/** Callbacks of a trade stream, called synchronously as messages arrive. Markets have ccxt's unified names. */
export type TradeListener = {
  /** The first message has arrived. */
  onLive(): void;
  /** The exchange has confirmed the subscription to a market. */
  onFollowed(symbol: string): void;
  /**
   * Trades of a market in the order in which they were made; some may repeat earlier ones.
   *
   * @param isSnapshot true for the last trades before the subscription
   */
  onTrades(symbol: string, trades: readonly Trade[], isSnapshot: boolean): void;
  /**
   * The exchange has rejected the subscription to a market; null when it does not name the market. The other markets
   * continue.
   */
  onRefused(symbol: string | null, reason: Message): void;
  /** The connection has ended, after being silent for this long. */
  onEnd(silentForMs: number): void;
};

export type FollowOptions = {
  readonly id: ExchangeId;
  readonly symbols: readonly string[];
  /**
   * Subscribes to one market at a time, because the exchange closed the last connection over a market that it did not
   * name.
   */
  readonly isCautious: boolean;
  readonly listener: TradeListener;
  readonly networkClock: Clock;
  readonly silentAfterMs: number;
};

/**
 * Streams the trades of markets over one connection. Throws a `FeedError` when the connection breaks or is silent for
 * `silentAfterMs`, and the signal's reason when it aborts. Markets are subscribed to by the exchange's own names, and
 * each trade is attributed to the market that it names.
 */
export async function followTrades(
  exchange: CcxtExchange,
  { id, symbols, isCautious, listener, networkClock, silentAfterMs }: FollowOptions,
  signal: AbortSignal,
): Promise<never> {
  signal.throwIfAborted();
  const dialect = SOCKET_DIALECTS[id];
  const ended = Promise.withResolvers<never>();
  // It may reject before anything awaits it, and Node exits on an unhandled rejection.
  ended.promise.catch(() => undefined);
  const fail = (error: unknown): void => ended.reject(toExchangeError(id, error));
  const attached = new AbortController();
  let lastMessageAt = networkClock.now();
  let isLive = false;
  let socket: CcxtSocket | null = null;
  let handleEvents: (events: SocketEvents) => void = () => undefined;

  const detach = listenToSockets(exchange, {
    onMessage(message) {
      lastMessageAt = networkClock.now();
      if (!isLive) listener.onLive();
      isLive = true;
      handleEvents(dialect.read(message));
    },
    onConnected: () => {
      lastMessageAt = networkClock.now();
    },
    onEnd: fail,
  });
  const lastActivityAt = (): number => Math.max(lastMessageAt, socket?.lastPong ?? 0);
  const onAbort = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const markets = await exchange.loadMarkets();
    const symbolOf = new Map<string, string>();
    for (const symbol of symbols) {
      const market = markets[symbol];
      const name = market === undefined ? null : dialect.nameOf(market);
      if (name === null) listener.onRefused(symbol, message('exchange.no-name', { exchange: id }));
      else symbolOf.set(name, symbol);
    }
    const opened = exchange.client(dialect.url(exchange));
    socket = opened;
    const send = (request: object): void => {
      opened
        .send(request)
        .catch((cause) =>
          fail(new FeedError('unreachable', message('exchange.broke', { exchange: id }), { cause })),
        );
    };
    const subscription = createSubscription({
      dialect,
      names: [...symbolOf.keys()],
      isCautious,
      send,
      networkClock,
      signal: attached.signal,
      onConfirmed(name) {
        const symbol = symbolOf.get(name);
        if (symbol !== undefined) listener.onFollowed(symbol);
      },
      onRefused: (name, reason) => listener.onRefused(name && (symbolOf.get(name) ?? null), reason),
    });
    handleEvents = (events) => {
      subscription.handle(events);
      for (const { name, trades, isSnapshot } of events.trades ?? []) {
        const symbol = symbolOf.get(name);
        if (symbol !== undefined) listener.onTrades(symbol, trades, isSnapshot);
      }
    };
    opened.connect().then(() => {
      if (attached.signal.aborted) return;
      if (dialect.greeting !== undefined) send(dialect.greeting);
      subscription.start();
    }, fail);
    untilSilent(lastActivityAt, silentAfterMs, networkClock, attached.signal).then(
      () => {
        const silent = message('exchange.silent', { exchange: id, seconds: silentAfterMs / 1_000 });
        fail(new FeedError('unreachable', silent));
      },
      () => undefined, // the connection ended first
    );
    return await ended.promise;
  } catch (error) {
    signal.throwIfAborted();
    throw toExchangeError(id, error);
  } finally {
    if (isLive) listener.onEnd(networkClock.now() - lastActivityAt());
    attached.abort();
    signal.removeEventListener('abort', onAbort);
    detach();
    await closeSockets(exchange);
  }
}
