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
 * Streams `<symbol>@trade`, in the format of developers.binance.com, "WebSocket Streams". There is no snapshot and no
 * heartbeat message: pongs are the only traffic of a quiet market. A request with one rejected stream is rejected as
 * a whole.
 */
export function binanceSocket({ isRefused }: Venue, listing: Listing<NamedMarket>): SocketDialect {
  return {
    path: /^\/ws\/\d+$/,
    opened: () => undefined,
    received(connection, message) {
      const request = requestSchema.safeParse(message).data;
      if (request === undefined) {
        connection.send({ error: { code: 2, msg: 'Invalid request' }, id: null });
        return;
      }
      const streams = request.params.map((stream) => {
        const [symbol = '', kind] = stream.split('@');
        return { market: listing.byName(symbol.toUpperCase()), kind };
      });
      if (streams.some(({ market }) => market !== undefined && isRefused('binance', market.pair))) {
        const error = { code: 2, msg: 'Invalid request: invalid stream' };
        connection.send({ error, id: request.id });
        return;
      }
      for (const { market, kind } of streams) {
        // A subscription to a stream that does not exist succeeds and stays silent.
        if (market !== undefined && kind === 'trade') connection.followed.add(market.pair);
      }
      connection.send({ result: null, id: request.id });
    },
    traded(connection, trades) {
      for (const { pair, id, at, price, amount } of trades) {
        connection.send({
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
