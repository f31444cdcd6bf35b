import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../../electron/monitor/clock.ts';
import { createQuery } from '../answers/query.ts';
import type { ExchangeEndpoint } from '../faults.ts';
import type { Market } from '../market.ts';
import type { QuoteBoard } from '../quote-board.ts';
import { binanceDialect } from './binance.ts';
import { coinbaseDialect } from './coinbase.ts';
import { matchPath } from './dialect.ts';
import { createExchangeSockets, type SocketFault } from './exchange-sockets.ts';
import { krakenDialect } from './kraken.ts';
import { pairsOf } from './pairs.ts';
import { createTradeTape, type TapeTrade } from './trade-tape.ts';
import { createVenue } from './venue.ts';

const PREFIX = '/exchange/';
const DIALECTS = [krakenDialect, coinbaseDialect, binanceDialect];
/** Each exchange lists those that it has in truth. */
const VS_CURRENCIES = ['usd', 'eur', 'usdt'];
/** However fast the market's clock runs, trades come in no quicker succession than this in real time. */
const LEAST_REAL_GAP_MS = 100;
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
  /** Breaks all WebSocket connections once. */
  dropSockets(): void;
  connections(): number;
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
  const tape = createTradeTape(sockets.send);
  let factor = 1;
  const venue = createVenue({ market, board, pairs, tape, factor: () => factor });
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
      setSocketFault: sockets.setFault,
      dropSockets: sockets.drop,
      connections: sockets.connections,
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
