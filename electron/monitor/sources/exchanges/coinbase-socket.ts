import { z } from 'zod';
import { message, verbatim } from '../../../../shared/messages/message.ts';
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

const errorSchema = z.object({ type: z.literal('error'), message: z.string().optional() });

/**
 * Channels `market_trades` and `heartbeats`, which need no key. An error names neither the product nor the request,
 * and rejects all products of the request. Markets in USDC share an order book with those in US dollars, and their
 * trades arrive under the dollar name. Coinbase closes a connection that is silent for 60 to 90 s, and sends
 * heartbeats only to subscribers.
 *
 * Source: docs.cdp.coinbase.com, "Advanced Trade WebSocket Channels".
 */
export const coinbaseSocket: SocketDialect = {
  url: ({ urls }) => z.object({ ws: z.string() }).parse(urls.api).ws,
  nameOf: ({ id }) => id,
  greeting: { type: 'subscribe', channel: 'heartbeats', product_ids: [] },
  subscribe: (names) => ({ type: 'subscribe', channel: 'market_trades', product_ids: names }),
  hasSnapshots: true,
  read(sent) {
    const update = tradesSchema.safeParse(sent).data;
    if (update !== undefined) {
      return {
        // Coinbase sends the newest trade first. Reversing keeps trades of one millisecond in order even without
        // numbers.
        trades: update.events.flatMap(({ type, trades }) =>
          readNamedTrades(trades.toReversed(), tradeSchema, type === 'snapshot'),
        ),
      };
    }
    const subscribed = subscriptionsSchema.safeParse(sent).data;
    if (subscribed !== undefined) {
      return {
        confirmed: subscribed.events.flatMap(({ subscriptions }) => subscriptions.market_trades ?? []),
      };
    }
    const error = errorSchema.safeParse(sent).data;
    return error === undefined
      ? {}
      : {
          refusal: {
            name: null,
            requestId: null,
            reason: error.message === undefined ? message('exchange.no-reason') : verbatim(error.message),
          },
        };
  },
};
