import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import { binanceSocket } from './binance-socket.ts';
import type { CcxtExchange, CcxtMarket } from './ccxt-exchange.ts';
import { coinbaseSocket } from './coinbase-socket.ts';
import { krakenSocket } from './kraken-socket.ts';
import type { Trade } from './trade-ticks.ts';

/** Trades of one market, by the exchange's own name, oldest first. */
export type NamedTrades = {
  readonly name: string;
  /** The last trades of before the subscription, as the exchange marks them. */
  readonly isSnapshot: boolean;
  readonly trades: readonly Trade[];
};

/** The exchange does not follow a market: it names it, or the request, or neither. */
export type Refusal = {
  readonly name: string | null;
  readonly requestId: number | null;
  readonly reason: string;
};

/** What a message of the exchange says, as far as it matters to those who follow trades. */
export type SocketNews = {
  readonly trades?: readonly NamedTrades[];
  /** Markets that are followed from now on. */
  readonly confirmed?: readonly string[];
  /** The request whose markets are all followed from now on. */
  readonly confirmedRequest?: number;
  readonly refusal?: Refusal;
};

/** How an exchange words subscriptions to trades, and what comes of them. */
export type SocketDialect = {
  url(exchange: CcxtExchange): string;
  /** The market's own name on the socket; null when it has none there. */
  nameOf(market: CcxtMarket): string | null;
  /** Said once, before the subscriptions. */
  readonly greeting?: object;
  subscribe(names: readonly string[], requestId: number): object;
  read(message: unknown): SocketNews;
  /** Whether a subscription is answered by the market's last trades. */
  readonly hasSnapshots: boolean;
};

export const SOCKET_DIALECTS: Readonly<Record<ExchangeId, SocketDialect>> = {
  kraken: krakenSocket,
  coinbase: coinbaseSocket,
  binance: binanceSocket,
};
