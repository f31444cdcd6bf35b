import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { CcxtExchange, CcxtTrade } from './ccxt-exchange.ts';

/** The most trades that Coinbase and Binance give at once; Kraken gives as many unasked. */
const MOST_TRADES = 1_000;

/** What ccxt leaves different between the exchanges, as far as it matters to us. */
export type Quirks = {
  /** Trades between two instants, or up to now, under the numbers of the stream; may hold others too. */
  tradesBetween(
    exchange: CcxtExchange,
    symbol: string,
    from: number,
    to: number | null,
  ): Promise<readonly CcxtTrade[]>;
};

/**
 * - Kraken gives the first trades from an instant on.
 * - Coinbase wants a number, and takes both ends in whole seconds.
 * - Binance's history by time takes the fills of an order together and numbers them anew. Its newest trades have the
 *   numbers of its stream, and take no times.
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
      exchange.fetchTrades(symbol, from, MOST_TRADES, to === null ? {} : { until: to + 1_000 }),
  },
  binance: {
    tradesBetween: (exchange, symbol) =>
      exchange.fetchTrades(symbol, undefined, MOST_TRADES, { fetchTradesMethod: 'publicGetTrades' }),
  },
};
