import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../../electron/monitor/time/clock.ts';
import type { ExchangeId } from '../../shared/settings/settings.ts';
import { createQuery } from '../answers/query.ts';
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
/** Each exchange lists those that it has in truth. */
const VS_CURRENCIES = ['usd', 'eur', 'usdt', 'usdc'];
/** However fast the market's clock runs, trades come in no quicker succession than this in real time. */
const LEAST_REAL_GAP_MS = 100;
/** So many trades, a minute apart, were made before the first that is seen. */
const OPENING_TRADES = 5;
const MINUTE_MS = 60_000;
/** What a trade is of, in units of the coin, when nothing else is said. */
const USUAL_AMOUNT = 0.01;

/** The simulated exchanges beside the simulated provider: the same market, in the formats of each. */
export type DemoExchange = {
  /** Makes a trade at this price, now or at an instant, and tells those who follow the market on any exchange. */
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
  /** Prices on the exchanges differ from the provider's by this much, in per cent. */
  setOffset(pct: number): void;
  /** How often each market trades by itself, in ms of the market's time; null: only by `trade`. */
  setTradeEvery(ms: number | null): void;
  setSocketFault(fault: SocketFault | null): void;
  /** Nothing was, or is, traded in a stretch of time: candles of before say so. */
  setQuiet(quiet: Quiet | null): void;
  /** The WebSocket of an exchange refuses a market from now on; over HTTP it is listed as before. */
  refuse(exchange: ExchangeId, coinId: string, vsCurrency?: string): void;
  /** Holds back the snapshots of trades that answer subscriptions, or tells those that were held back. */
  holdSnapshots(isHeld: boolean): void;
  /** Says something to all who are connected to an exchange. */
  tell(exchange: ExchangeId, message: unknown): void;
  /** Breaks all WebSocket connections once. */
  dropSockets(): void;
  connections(): number;
  /** WebSocket connections that were ever made. */
  opened(): number;
};

export type ExchangeRoute = { readonly endpoint: ExchangeEndpoint; answer(): unknown };

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
  const sockets = createExchangeSockets(systemClock);
  /** Every market has traded before. */
  const opening = (pair: Pair) =>
    Array.from({ length: OPENING_TRADES }, (_, index) => {
      const at = board.now() - (OPENING_TRADES - index) * MINUTE_MS;
      return { at, price: venue.priceNow(pair), amount: USUAL_AMOUNT };
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
  let rhythm = new AbortController();
  let closed = false;

  /** The exchange that a URL means, and the path within it. */
  const place = (pathname: string) =>
    dialects.flatMap((dialect) => {
      const root = PREFIX + dialect.id;
      const path = pathname.slice(root.length);
      return pathname.startsWith(root) && /^(\/|$)/.test(path) ? [{ dialect, path }] : [];
    })[0];

  const tradeAll = async (everyMs: number, signal: AbortSignal): Promise<void> => {
    let lastAt = board.now();
    for (;;) {
      await clock.sleep(Math.max(everyMs, LEAST_REAL_GAP_MS * clock.speed), signal);
      const at = board.now();
      if (at === lastAt) continue; // the market's time stands still
      for (const pair of pairs) {
        // As much as the candles of the past have for such a time.
        const amount = venue.volumeWithin(pair, lastAt, Math.max(at - lastAt, 0));
        tape.print(pair, { at, price: venue.priceNow(pair), amount });
      }
      lastAt = at;
    }
  };
  const setTradeEvery = (ms: number | null): void => {
    rhythm.abort();
    if (ms === null || closed) return;
    rhythm = new AbortController();
    tradeAll(ms, rhythm.signal).catch(() => undefined); // aborted: another rhythm, or the end
  };
  setTradeEvery(options.tradeEveryMs);

  return {
    exchange: {
      trade(coinId, price, { at = board.now(), vsCurrency = 'usd', amount = USUAL_AMOUNT } = {}) {
        const pair = pairs.find((one) => one.coin.id === coinId && one.vsCurrency === vsCurrency);
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
      tell(exchange, message) {
        const dialect = dialects.find(({ id }) => id === exchange);
        if (dialect !== undefined) sockets.tell(dialect.socket, message);
      },
      setSocketFault: sockets.setFault,
      dropSockets: sockets.drop,
      connections: sockets.connections,
      opened: sockets.opened,
    },
    routeOf(url) {
      const { dialect, path = '' } = place(url.pathname) ?? {};
      const query = createQuery(url.searchParams);
      const found = (dialect?.routes ?? []).flatMap(({ endpoint, answer }) => {
        const name = matchPath(endpoint, path);
        return name === null ? [] : [{ endpoint, answer: () => answer(query, name) }];
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
      rhythm.abort();
      sockets.close();
    },
  };
}
