import { z } from 'zod';
import type { SocketDialect } from './dialect.ts';
import type { Listing, NamedMarket } from './pairs.ts';
import type { Venue } from './venue.ts';

const requestSchema = z.object({
  method: z.literal('SUBSCRIBE'),
  params: z.array(z.string()),
  id: z.union([z.number(), z.string()]),
});

/**
 * The streams `<symbol>@trade`, in the form of developers.binance.com, "WebSocket Streams". There is no snapshot, and no
 * message as a heartbeat: a client's pings are answered, and are the only sign of life of a quiet market. A request with
 * one stream that is refused is refused as a whole.
 */
export function binanceSocket({ isRefused }: Venue, listing: Listing<NamedMarket>): SocketDialect {
  return {
    path: /^\/ws\/\d+$/,
    opened: () => undefined,
    heard(connection, message) {
      const request = requestSchema.safeParse(message).data;
      if (request === undefined) {
        connection.say({ error: { code: 2, msg: 'Invalid request' }, id: null });
        return;
      }
      const streams = request.params.map((stream) => {
        const [symbol = '', kind] = stream.split('@');
        return { market: listing.byName(symbol.toUpperCase()), kind };
      });
      if (streams.some(({ market }) => market !== undefined && isRefused('binance', market.pair))) {
        const error = { code: 2, msg: 'Invalid request: invalid stream' };
        connection.say({ error, id: request.id });
        return;
      }
      for (const { market, kind } of streams) {
        // A stream that there is not is subscribed to all the same, and silent.
        if (market !== undefined && kind === 'trade') connection.followed.add(market.pair);
      }
      connection.say({ result: null, id: request.id });
    },
    traded(connection, trades) {
      for (const { pair, id, at, price, amount } of trades) {
        connection.say({
          e: 'trade',
          E: at,
          s: listing.byPair(pair)?.name,
          t: id,
          p: price.toFixed(10),
          q: amount.toFixed(8),
          T: at,
          m: false,
          M: true,
        });
      }
    },
    beat: () => undefined,
  };
}
