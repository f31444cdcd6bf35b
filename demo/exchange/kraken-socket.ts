import { z } from 'zod';
import type { Connection, SocketDialect } from './dialect.ts';
import type { KrakenPair } from './kraken-pairs.ts';
import type { Listing } from './pairs.ts';
import type { TapeTrade } from './trade-tape.ts';
import type { Venue } from './venue.ts';

const SNAPSHOT_TRADES = 50;

const requestSchema = z.object({
  method: z.string(),
  req_id: z.number().optional(),
  params: z.object({ channel: z.string(), symbol: z.array(z.string()) }).optional(),
});

/**
 * Channel `trade` of version 2 of the WebSocket, with snapshot, heartbeats and pongs, in the format of
 * docs.kraken.com, "Spot WebSocket v2".
 */
export function krakenSocket({ tape, isRefused }: Venue, listing: Listing<KrakenPair>): SocketDialect {
  const tradeMessage = ({ pair, id, at, price, amount }: TapeTrade) => ({
    symbol: listing.byPair(pair)?.symbol,
    side: 'buy',
    price,
    qty: amount,
    ord_type: 'market',
    trade_id: id,
    timestamp: new Date(at).toISOString(),
  });

  const subscribe = (connection: Connection, symbol: string, req_id: number | undefined): void => {
    const time = new Date().toISOString();
    const common = { method: 'subscribe', req_id, time_in: time, time_out: time };
    const market = listing.byName(symbol);
    if (market?.symbol !== symbol || isRefused('kraken', market.pair)) {
      connection.send({ ...common, error: `Currency pair not supported ${symbol}`, success: false, symbol });
      return;
    }
    connection.followed.add(market.pair);
    connection.send({ ...common, result: { channel: 'trade', snapshot: true, symbol }, success: true });
    connection.sendAfterSubscribe(() => {
      const data = tape.newest(market.pair, SNAPSHOT_TRADES).map(tradeMessage);
      connection.send({ channel: 'trade', type: 'snapshot', data });
    });
  };

  return {
    path: /^\/v2$/,
    opened(connection) {
      const data = [{ system: 'online', api_version: 'v2' }];
      connection.send({ channel: 'status', type: 'update', data });
    },
    received(connection, message) {
      const request = requestSchema.safeParse(message).data;
      if (request?.method === 'ping') connection.send({ method: 'pong', req_id: request.req_id });
      if (request?.method !== 'subscribe' || request.params?.channel !== 'trade') return;
      for (const symbol of request.params.symbol) subscribe(connection, symbol, request.req_id);
    },
    traded(connection, trades) {
      for (const trade of trades) {
        connection.send({ channel: 'trade', type: 'update', data: [tradeMessage(trade)] });
      }
    },
    beat(connection) {
      if (connection.followed.size > 0) connection.send({ channel: 'heartbeat' });
    },
  };
}
