import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { CcxtExchange, CcxtTrade } from './ccxt-exchange.ts';

/** The maximum number of trades that Coinbase and Binance return at once; Kraken returns as many by default. */
const MAX_TRADES = 1_000;

/** Differences between the exchanges that ccxt does not hide. */
export type Quirks = {
  /**
   * Trades between two instants, or up to now, with the same ids as on the stream. May include trades outside the
   * range.
   */
  tradesBetween(
    exchange: CcxtExchange,
    symbol: string,
    from: number,
    to: number | null,
  ): Promise<readonly CcxtTrade[]>;
};

/**
 * - Kraken returns the first trades from an instant on.
 * - Coinbase requires a limit, and rounds both ends to whole seconds.
 * - Binance's trade history by time merges the fills of an order and numbers them differently. Its list of newest
 *   trades has the ids of the stream but takes no time range.
 *
 * Sources: docs.kraken.com, "Get Recent Trades"; docs.cdp.coinbase.com, "Get Public Market Trades";
 * developers.binance.com, "Recent trades list" and "Compressed/Aggregate trades list".
 */
export const QUIRKS: Readonly<Record<ExchangeId, Quirks>> = {
  kraken: {
    tradesBetween: (exchange, symbol, from) => exchange.fetchTrades(symbol, from),
  },
  coinbase: {
    tradesBetween: (exchange, symbol, from, to) =>
      exchange.fetchTrades(symbol, from, MAX_TRADES, to === null ? {} : { until: to + 1_000 }),
  },
  binance: {
    tradesBetween: (exchange, symbol) =>
      exchange.fetchTrades(symbol, undefined, MAX_TRADES, { fetchTradesMethod: 'publicGetTrades' }),
  },
};
