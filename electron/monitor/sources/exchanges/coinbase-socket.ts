import { z } from 'zod';
import { readNamedTrades } from './read-trades.ts';
import type { SocketDialect } from './socket-dialect.ts';

const tradesSchema = z.object({
  channel: z.literal('market_trades'),
  events: z.array(z.object({ type: z.enum(['snapshot', 'update']), trades: z.array(z.unknown()) })),
});

const tradeSchema = z
  .object({
    trade_id: z.string(),
    product_id: z.string(),
    price: z.string(),
    size: z.string(),
    time: z.string(),
  })
  .transform(({ trade_id, product_id, price, size, time }) => ({
    name: product_id,
    trade: { id: trade_id, timestamp: Date.parse(time), price: Number(price), amount: Number(size) },
  }));

const subscriptionsSchema = z.object({
  channel: z.literal('subscriptions'),
  events: z.array(
    z.object({ subscriptions: z.object({ market_trades: z.array(z.string()).default([]) }).partial() }),
  ),
});

const errorSchema = z.object({ type: z.literal('error'), message: z.string().default('it gave no reason') });

/**
 * The channels `market_trades` and `heartbeats`, which need no key. An error names neither the product nor the request, and
 * refuses all products of a request for one. Markets in USDC are answered as those in dollars, whose order book they share.
 * A connection on which nothing comes for 60 to 90 s is ended, and heartbeats come only to those who subscribe to them.
 *
 * Source: docs.cdp.coinbase.com, "Advanced Trade WebSocket Channels".
 */
export const coinbaseSocket: SocketDialect = {
  url: ({ urls }) => z.object({ ws: z.string() }).parse(urls.api).ws,
  nameOf: ({ id }) => id,
  greeting: { type: 'subscribe', channel: 'heartbeats', product_ids: [] },
  subscribe: (names) => ({ type: 'subscribe', channel: 'market_trades', product_ids: names }),
  hasSnapshots: true,
  read(message) {
    const told = tradesSchema.safeParse(message).data;
    if (told !== undefined) {
      return {
        // The newest come first; in the order of time, those of one millisecond without a number keep theirs.
        trades: told.events.flatMap(({ type, trades }) =>
          readNamedTrades(trades.toReversed(), tradeSchema, type === 'snapshot'),
        ),
      };
    }
    const subscribed = subscriptionsSchema.safeParse(message).data;
    if (subscribed !== undefined) {
      return {
        confirmed: subscribed.events.flatMap(({ subscriptions }) => subscriptions.market_trades ?? []),
      };
    }
    const error = errorSchema.safeParse(message).data;
    return error === undefined ? {} : { refusal: { name: null, requestId: null, reason: error.message } };
  },
};
