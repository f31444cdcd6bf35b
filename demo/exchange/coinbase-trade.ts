import type { NamedMarket } from './pairs.ts';
import type { TapeTrade } from './trade-tape.ts';

/** A trade in the format of both HTTP and WebSocket, with the same id. */
export function coinbaseTrade({ name }: NamedMarket, { id, at, price, amount }: TapeTrade) {
  return {
    trade_id: String(id),
    product_id: name,
    price: price.toFixed(10),
    size: amount.toFixed(8),
    time: new Date(at).toISOString(),
    side: 'BUY',
  };
}
