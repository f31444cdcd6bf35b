import { z } from 'zod';
import { coinbaseTrade } from './coinbase-trade.ts';
import type { Connection, SocketDialect } from './dialect.ts';
import type { Listing, NamedMarket } from './pairs.ts';
import type { TapeTrade } from './trade-tape.ts';
import type { Venue } from './venue.ts';

const SNAPSHOT_TRADES = 50;
/** Beats of a second after which a connection is ended on which nothing was said. */
const LONGEST_QUIET = 60;

const requestSchema = z.object({
  type: z.literal('subscribe'),
  channel: z.enum(['market_trades', 'heartbeats']),
  product_ids: z.array(z.string()).default([]),
});

/**
 * The channels `market_trades` and `heartbeats`, neither of which needs a key, in the form of docs.cdp.coinbase.com,
 * "Advanced Trade WebSocket Channels". Heartbeats come only to those who ask for them, and a connection is ended
 * when it is quiet for a minute. An update holds all trades of its time, of whichever products, the newest first. A
 * request with one product that is refused is refused as a whole, by an error that does not say for which.
 */
export function coinbaseSocket({ tape, isRefused }: Venue, listing: Listing<NamedMarket>): SocketDialect {
  /** The market whose trades are told to those who ask for a name; none where that is refused. */
  const bookOf = (name: string): NamedMarket | undefined => {
    const market = listing.byName(name.replace(/-USDC$/, '-USD'));
    return market === undefined || isRefused('coinbase', market.pair) ? undefined : market;
  };

  const say = (connection: Connection, channel: string, event: object): void => {
    const timestamp = new Date().toISOString();
    connection.say({ channel, client_id: '', timestamp, sequence_num: connection.count(), events: [event] });
  };

  const sayTrades = (connection: Connection, type: string, trades: readonly TapeTrade[]): void => {
    const told = trades.flatMap((trade) => {
      const market = listing.byPair(trade.pair);
      return market === undefined ? [] : [coinbaseTrade(market, trade)];
    });
    say(connection, 'market_trades', { type, trades: told.reverse() });
  };

  const saySubscriptions = (connection: Connection): void => {
    const { followed, channels } = connection;
    const products = [...followed].map((pair) => listing.byPair(pair)?.name);
    const subscriptions = {
      ...(products.length === 0 ? {} : { market_trades: products }),
      ...(channels.has('heartbeats') ? { heartbeats: ['heartbeats'] } : {}),
    };
    say(connection, 'subscriptions', { subscriptions });
  };

  return {
    path: /^$/,
    opened: () => undefined,
    heard(connection, message) {
      const request = requestSchema.safeParse(message).data;
      const markets = request?.product_ids.map(bookOf).filter((market) => market !== undefined);
      if (request === undefined || markets?.length !== request.product_ids.length) {
        connection.say({ type: 'error', message: 'failed to subscribe' });
        return;
      }
      connection.channels.add(request.channel);
      if (request.channel === 'market_trades') {
        for (const { pair } of markets) {
          connection.followed.add(pair);
          connection.sayLate(() => sayTrades(connection, 'snapshot', tape.newest(pair, SNAPSHOT_TRADES)));
        }
      }
      saySubscriptions(connection);
    },
    traded: (connection, trades) => sayTrades(connection, 'update', trades),
    beat(connection, number) {
      if (connection.channels.has('heartbeats')) {
        const current_time = new Date().toISOString();
        say(connection, 'heartbeats', { current_time, heartbeat_counter: number });
      } else if (connection.quietBeats() >= LONGEST_QUIET) connection.end();
    },
  };
}
