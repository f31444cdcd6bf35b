import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../../electron/monitor/time/clock.ts';
import type { ExchangeId } from '../../shared/settings/settings.ts';
import { createQuery } from '../endpoints/query.ts';
import type { ExchangeEndpoint } from '../faults.ts';
import type { Market } from '../market.ts';
import type { QuoteBoard } from '../quote-board.ts';
import { binanceDialect } from './binance.ts';
import { coinbaseDialect } from './coinbase.ts';
import { matchPath } from './dialect.ts';
import { createExchangeSockets, type SocketFault } from './exchange-sockets.ts';
import { krakenDialect } from './kraken.ts';
import { type Pair, pairsOf } from './pairs.ts';
import { createTradeTape, type TapeTrade } from './trade-tape.ts';
import { createVenue, type Quiet, type Venue } from './venue.ts';

const PREFIX = '/exchange/';
const DIALECTS = [krakenDialect, coinbaseDialect, binanceDialect];
/** The quote currencies of the markets. Each exchange lists those that it has in reality. */
const VS_CURRENCIES = ['usd', 'eur', 'usdt', 'usdc'];
/** The minimum real time between trades, however fast the market's clock runs. */
const MIN_REAL_GAP_MS = 100;
/** The number of past trades, a minute apart, that exist at the start. */
const OPENING_TRADES = 5;
const MINUTE_MS = 60_000;
/** The default amount of a trade, in units of the coin. */
const DEFAULT_AMOUNT = 0.01;

/** The simulated exchanges: the same market as the simulated provider, in the format of each exchange. */
export type DemoExchange = {
  /**
   * Makes a trade at this price, now or at an instant, and sends it to the subscribers of the market on all
   * exchanges.
   */
  trade(
    coinId: string,
    price: number,
    options?: {
      readonly at?: number;
      readonly vsCurrency?: string;
      /** In units of the coin. */
      readonly amount?: number;
    },
  ): TapeTrade;
  /** Sets by how much prices on the exchanges differ from the provider's, in per cent. */
  setOffset(pct: number): void;
  /** Sets how often each market trades by itself, in ms of the market's time; null to trade only by `trade`. */
  setTradeEvery(ms: number | null): void;
  setSocketFault(fault: SocketFault | null): void;
  /** Sets a range of time without trades, which also applies to past candles. */
  setQuiet(quiet: Quiet | null): void;
  /** Makes the WebSocket of an exchange reject a market from now on. Over HTTP it stays listed. */
  refuse(exchange: ExchangeId, coinId: string, vsCurrency?: string): void;
  /** Delays the snapshots that follow subscriptions, or sends the delayed ones. */
  holdSnapshots(isHeld: boolean): void;
  /** Sends a message to all clients of an exchange. */
  broadcast(exchange: ExchangeId, message: unknown): void;
  /** Terminates all WebSocket connections once. */
  dropSockets(): void;
  connections(): number;
  /** The number of WebSocket connections since the start. */
  opened(): number;
};

export type ExchangeRoute = { readonly endpoint: ExchangeEndpoint; reply(): unknown };

export type DemoExchangeParts = {
  readonly exchange: DemoExchange;
  routeOf(url: URL): ExchangeRoute | null;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
};

export function createDemoExchange(options: {
  readonly market: Market;
  readonly board: QuoteBoard;
  readonly clock: Clock;
  readonly tradeEveryMs: number | null;
}): DemoExchangeParts {
  const { market, board, clock } = options;
  const pairs = pairsOf(market.coins, VS_CURRENCIES);
  const pairByName = new Map(pairs.map((pair) => [`${pair.coin.id} ${pair.vsCurrency}`, pair]));
  const sockets = createExchangeSockets(systemClock);
  /** Every market has past trades. */
  const opening = (pair: Pair) =>
    Array.from({ length: OPENING_TRADES }, (_, index) => {
      const at = board.now() - (OPENING_TRADES - index) * MINUTE_MS;
      return { at, price: venue.priceNow(pair), amount: DEFAULT_AMOUNT };
    });
  const tape = createTradeTape(sockets.send, opening);
  let factor = 1;
  let quiet: Quiet | null = null;
  const refused = new Set<string>();
  const venue: Venue = createVenue({
    market,
    board,
    pairs,
    tape,
    factor: () => factor,
    quiet: () => quiet,
    isRefused: (exchange, { coin, vsCurrency }) => refused.has(`${exchange} ${coin.id} ${vsCurrency}`),
  });
  const dialects = DIALECTS.map((createDialect) => createDialect(venue));
  let trading = new AbortController();
  let closed = false;

  /** The exchange of a URL, and the path within it. */
  const place = (pathname: string) =>
    dialects.flatMap((dialect) => {
      const root = PREFIX + dialect.id;
      const path = pathname.slice(root.length);
      return pathname.startsWith(root) && /^(\/|$)/.test(path) ? [{ dialect, path }] : [];
    })[0];

  const tradeAll = async (everyMs: number, signal: AbortSignal): Promise<void> => {
    let lastAt = board.now();
    for (;;) {
      await clock.sleep(Math.max(everyMs, MIN_REAL_GAP_MS * clock.speed), signal);
      const at = board.now();
      if (at === lastAt) continue; // the market's time is frozen
      for (const pair of pairs) {
        // The volume that past candles have for a period of this length.
        const amount = venue.volumeWithin(pair, lastAt, Math.max(at - lastAt, 0));
        tape.print(pair, { at, price: venue.priceNow(pair), amount });
      }
      lastAt = at;
    }
  };
  const setTradeEvery = (ms: number | null): void => {
    trading.abort();
    if (ms === null || closed) return;
    trading = new AbortController();
    tradeAll(ms, trading.signal).catch(() => undefined); // aborted: another interval, or the end
  };
  setTradeEvery(options.tradeEveryMs);

  return {
    exchange: {
      trade(coinId, price, { at = board.now(), vsCurrency = 'usd', amount = DEFAULT_AMOUNT } = {}) {
        const pair = pairByName.get(`${coinId} ${vsCurrency}`);
        if (pair === undefined) throw new RangeError(`"${coinId}" is not traded in "${vsCurrency}"`);
        return tape.print(pair, { at, price, amount });
      },
      setOffset(pct) {
        factor = 1 + pct / 100;
      },
      setTradeEvery,
      setQuiet(next) {
        quiet = next;
      },
      refuse(exchange, coinId, vsCurrency = 'usd') {
        refused.add(`${exchange} ${coinId} ${vsCurrency}`);
      },
      holdSnapshots: sockets.holdSnapshots,
      broadcast(exchange, message) {
        const dialect = dialects.find(({ id }) => id === exchange);
        if (dialect !== undefined) sockets.broadcast(dialect.socket, message);
      },
      setSocketFault: sockets.setFault,
      dropSockets: sockets.drop,
      connections: sockets.connections,
      opened: sockets.opened,
    },
    routeOf(url) {
      const { dialect, path = '' } = place(url.pathname) ?? {};
      const query = createQuery(url.searchParams);
      const found = (dialect?.routes ?? []).flatMap(({ endpoint, reply }) => {
        const name = matchPath(endpoint, path);
        return name === null ? [] : [{ endpoint, reply: () => reply(query, name) }];
      });
      return found[0] ?? null;
    },
    upgrade(request, duplex, head) {
      const { dialect, path = '' } = place(request.url ?? '') ?? {};
      if (dialect?.socket.path.test(path)) sockets.upgrade(dialect.socket, request, duplex, head);
      else duplex.destroy();
    },
    close() {
      closed = true;
      trading.abort();
      sockets.close();
    },
  };
}
