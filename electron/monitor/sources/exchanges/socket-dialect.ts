import type { Message } from '../../../../shared/messages/message.ts';
import type { CcxtExchange, CcxtMarket } from './ccxt-exchange.ts';
import type { Trade } from './trade.ts';

/** Trades of one market, by the exchange's own name, oldest first. */
export type NamedTrades = {
  readonly name: string;
  /** Whether the exchange marks them as the last trades before the subscription. */
  readonly isSnapshot: boolean;
  readonly trades: readonly Trade[];
};

/** A rejected subscription. The exchange names the market, or the request, or neither. */
export type Refusal = {
  readonly name: string | null;
  readonly requestId: number | null;
  readonly reason: Message;
};

/** What a message of the exchange contains, as far as trade streams need it. */
export type SocketEvents = {
  readonly trades?: readonly NamedTrades[];
  /** Markets whose subscription is confirmed. */
  readonly confirmed?: readonly string[];
  /** The request whose subscriptions are all confirmed. */
  readonly confirmedRequest?: number;
  readonly refusal?: Refusal;
};

/** How an exchange encodes trade subscriptions and the messages that follow. */
export type SocketDialect = {
  url(exchange: CcxtExchange): string;
  /** The market's name on the socket; null when it has none there. */
  nameOf(market: CcxtMarket): string | null;
  /** Sent once, before the subscriptions. */
  readonly greeting?: object;
  subscribe(names: readonly string[], requestId: number): object;
  read(message: unknown): SocketEvents;
  /** Whether the exchange responds to a subscription with the market's last trades. */
  readonly hasSnapshots: boolean;
};
