import { z } from 'zod';
import { coinbaseTrade } from './coinbase-trade.ts';
import type { Connection, SocketDialect } from './dialect.ts';
import type { Listing, NamedMarket } from './pairs.ts';
import type { TapeTrade } from './trade-tape.ts';
import type { Venue } from './venue.ts';

const SNAPSHOT_TRADES = 50;
/** Seconds without a message after which a connection is closed. */
const MAX_QUIET_BEATS = 60;

const requestSchema = z.object({
  type: z.literal('subscribe'),
  channel: z.enum(['market_trades', 'heartbeats']),
  product_ids: z.array(z.string()).default([]),
});

/**
 * The channels `market_trades` and `heartbeats`, neither of which needs a key, in the format of
 * docs.cdp.coinbase.com, "Advanced Trade WebSocket Channels". Heartbeats are sent only to subscribers, and a
 * connection is closed when it is silent for a minute. An update contains all trades since the last one, of all
 * products, newest first. A request with one rejected product is rejected as a whole, by an error that does not name
 * the product.
 */
export function coinbaseSocket({ tape, isRefused }: Venue, listing: Listing<NamedMarket>): SocketDialect {
  /** The market that a product name subscribes to; none when it is rejected. */
  const marketOf = (name: string): NamedMarket | undefined => {
    const market = listing.byName(name.replace(/-USDC$/, '-USD'));
    return market === undefined || isRefused('coinbase', market.pair) ? undefined : market;
  };

  const send = (connection: Connection, channel: string, event: object): void => {
    const timestamp = new Date().toISOString();
    connection.send({ channel, client_id: '', timestamp, sequence_num: connection.count(), events: [event] });
  };

  const sendTrades = (connection: Connection, type: string, trades: readonly TapeTrade[]): void => {
    const newestFirst = trades.flatMap((trade) => {
      const market = listing.byPair(trade.pair);
      return market === undefined ? [] : [coinbaseTrade(market, trade)];
    });
    send(connection, 'market_trades', { type, trades: newestFirst.reverse() });
  };

  const sendSubscriptions = (connection: Connection): void => {
    const { followed, channels } = connection;
    const products = [...followed].map((pair) => listing.byPair(pair)?.name);
    const subscriptions = {
      ...(products.length === 0 ? {} : { market_trades: products }),
      ...(channels.has('heartbeats') ? { heartbeats: ['heartbeats'] } : {}),
    };
    send(connection, 'subscriptions', { subscriptions });
  };

  return {
    path: /^$/,
    opened: () => undefined,
    received(connection, message) {
      const request = requestSchema.safeParse(message).data;
      const markets = request?.product_ids.map(marketOf).filter((market) => market !== undefined);
      if (request === undefined || markets?.length !== request.product_ids.length) {
        connection.send({ type: 'error', message: 'failed to subscribe' });
        return;
      }
      connection.channels.add(request.channel);
      if (request.channel === 'market_trades') {
        for (const { pair } of markets) {
          connection.followed.add(pair);
          connection.sendAfterSubscribe(() =>
            sendTrades(connection, 'snapshot', tape.newest(pair, SNAPSHOT_TRADES)),
          );
        }
      }
      sendSubscriptions(connection);
    },
    traded: (connection, trades) => sendTrades(connection, 'update', trades),
    beat(connection, number) {
      if (connection.channels.has('heartbeats')) {
        const current_time = new Date().toISOString();
        send(connection, 'heartbeats', { current_time, heartbeat_counter: number });
      } else if (connection.quietBeats() >= MAX_QUIET_BEATS) connection.end();
    },
  };
}
