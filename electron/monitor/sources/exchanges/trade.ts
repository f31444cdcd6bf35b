/** One trade on an exchange. */
export type Trade = {
  /** The exchange's id of the trade; null when it has none. */
  readonly id: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly price: number;
  /** In units of the coin; null when the exchange does not report it. */
  readonly amount: number | null;
};

/** Longer ids may not be safe integers. */
const SAFE_INTEGER = /^\d{1,15}$/;

/**
 * The sequence number of a trade within its market, or null when its id is not one. The ids of Kraken, Coinbase and
 * Binance increase by one with each trade of a market.
 *
 * Sources: docs.kraken.com, "Spot WebSocket v2, Trades" (`trade_id`: "a sequence number, unique per book");
 * developers.binance.com, "Trade Streams" (`t`); docs.cdp.coinbase.com, "Market Trades Channel" (`trade_id`).
 */
export function sequenceOf({ id }: Pick<Trade, 'id'>): number | null {
  return id !== null && SAFE_INTEGER.test(id) ? Number(id) : null;
}

/** Orders trades of one market by time, and within a millisecond by sequence number. */
export function compareTrades(a: Trade, b: Trade): number {
  if (a.at !== b.at) return a.at - b.at;
  const [first, second] = [sequenceOf(a), sequenceOf(b)];
  return first === null || second === null ? 0 : first - second;
}
