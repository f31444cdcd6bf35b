import type { Trade } from './trade-ticks.ts';

/** More digits may not fit into a number that counts exactly. */
const COUNTED = /^\d{1,15}$/;

/**
 * The place of a trade among those of its market, or null where the exchange's number does not tell it. Kraken's, Coinbase's
 * and Binance's numbers count up by one with each trade of a market.
 *
 * Sources: docs.kraken.com, "Spot WebSocket v2, Trades" (`trade_id`: "a sequence number, unique per book");
 * developers.binance.com, "Trade Streams" (`t`); docs.cdp.coinbase.com, "Market Trades Channel" (`trade_id`).
 */
export function sequenceOf({ id }: Pick<Trade, 'id'>): number | null {
  return id !== null && COUNTED.test(id) ? Number(id) : null;
}

/** Orders trades of one market by time, and within a millisecond as the exchange numbers them. */
export function compareTrades(a: Trade, b: Trade): number {
  if (a.at !== b.at) return a.at - b.at;
  const [first, second] = [sequenceOf(a), sequenceOf(b)];
  return first === null || second === null ? 0 : first - second;
}
