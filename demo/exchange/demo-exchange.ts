import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../../electron/monitor/clock.ts';
import { createQuery } from '../answers/query.ts';
import { usdPerUnit } from '../currencies.ts';
import { EXCHANGE_ENDPOINTS, type ExchangeEndpoint } from '../faults.ts';
import type { Market } from '../market.ts';
import type { QuoteBoard } from '../quote-board.ts';
import { type KrakenPair, krakenPairs } from './kraken-pairs.ts';
import { KRAKEN_ANSWERS } from './kraken-rest.ts';
import { createKrakenSocket, type SocketFault } from './kraken-socket.ts';
import { createTradeTape, type TapeTrade } from './trade-tape.ts';

const PREFIX = '/exchange/kraken';
/** However fast the market's clock runs, trades come in no quicker succession than this in real time. */
const LEAST_REAL_GAP_MS = 100;

/** The simulated exchange beside the simulated provider: the same market, in Kraken's formats. */
export type DemoExchange = {
  /** Makes a trade at this price, now or at an instant, and tells those who follow the market. */
  trade(
    coinId: string,
    price: number,
    options?: { readonly at?: number; readonly vsCurrency?: string },
  ): TapeTrade;
  /** Prices on the exchange differ from the provider's by this much, in per cent. */
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
  const pairs = krakenPairs(market.coins);
  const tape = createTradeTape((trade) => socket.send(trade));
  const socket = createKrakenSocket({ pairs, newest: tape.newest, realClock: systemClock });
  let factor = 1;
  let rhythm = new AbortController();
  let closed = false;

  const inQuote = (pair: KrakenPair, priceUsd: number, at: number): number =>
    (priceUsd * factor) / (usdPerUnit(market, pair.vsCurrency, at) ?? 1);
  const priceAt = (pair: KrakenPair, at: number) => inQuote(pair, market.priceUsd(pair.coin, at), at);
  const priceNow = (pair: KrakenPair) => inQuote(pair, board.livePriceUsd(pair.coin), board.now());

  const tradeAll = async (everyMs: number, signal: AbortSignal): Promise<void> => {
    let lastAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      await clock.sleep(Math.max(everyMs, LEAST_REAL_GAP_MS * clock.speed), signal);
      const at = board.now();
      if (at === lastAt) continue; // the market's time stands still
      lastAt = at;
      for (const pair of pairs) tape.print(pair, { at, price: priceNow(pair), amount: 0.01 });
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
      trade(coinId, price, { at = board.now(), vsCurrency = 'usd' } = {}) {
        const pair = pairs.find((one) => one.coin.id === coinId && one.vsCurrency === vsCurrency);
        if (pair === undefined) throw new RangeError(`"${coinId}" is not traded in "${vsCurrency}"`);
        return tape.print(pair, { at, price, amount: 0.01 });
      },
      setOffset(pct) {
        factor = 1 + pct / 100;
      },
      setTradeEvery,
      setSocketFault: socket.setFault,
      dropSockets: socket.drop,
      connections: socket.connections,
    },
    routeOf(url) {
      if (!url.pathname.startsWith(`${PREFIX}/`)) return null;
      const path = url.pathname.slice(PREFIX.length);
      const endpoint = EXCHANGE_ENDPOINTS.find((one) => one === path);
      if (endpoint === undefined) return null;
      const answer = KRAKEN_ANSWERS[endpoint];
      const query = createQuery(url.searchParams);
      return {
        endpoint,
        answer: () => answer({ market, pairs, tape, now: board.now, priceAt, priceNow }, query),
      };
    },
    upgrade(request, duplex, head) {
      if (request.url === `${PREFIX}/v2`) socket.upgrade(request, duplex, head);
      else duplex.destroy();
    },
    close() {
      closed = true;
      rhythm.abort();
      socket.close();
    },
  };
}
