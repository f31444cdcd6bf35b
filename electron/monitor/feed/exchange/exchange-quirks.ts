import type { ExchangeId } from '../../../../shared/settings.ts';
import type { CcxtExchange, CcxtTrade } from './ccxt-exchange.ts';

/** The most trades that Coinbase and Binance give at once; Kraken gives as many unasked. */
const MOST_TRADES = 1_000;

/** What ccxt leaves different between the exchanges, as far as it matters to us. */
export type Quirks = {
  /** Trades between two instants under the numbers of the stream; may hold others too. */
  tradesBetween(
    exchange: CcxtExchange,
    symbol: string,
    from: number,
    to: number,
  ): Promise<readonly CcxtTrade[]>;
  /** Keeps the connection open while no market trades. Settles when the connection ends. */
  readonly keepOpen?: (exchange: CcxtExchange) => Promise<unknown>;
};

/**
 * - Kraken gives the first trades from an instant on.
 * - Coinbase wants both ends, in whole seconds, and a number. It ends connections on which nothing comes for 60 to 90 s,
 *   and sends heartbeats only to those who subscribe to them.
 * - Binance's history by time takes the fills of an order together and numbers them anew. Its newest trades have the
 *   numbers of its stream, and take no times.
 *
 * Sources: docs.kraken.com, "Get Recent Trades"; docs.cdp.coinbase.com, "Get Public Market Trades" and "Advanced Trade
 * WebSocket Channels"; developers.binance.com, "Recent trades list" and "Compressed/Aggregate trades list".
 */
export const QUIRKS: Readonly<Record<ExchangeId, Quirks>> = {
  kraken: {
    tradesBetween: (exchange, symbol, from) => exchange.fetchTrades(symbol, from),
  },
  coinbase: {
    tradesBetween: (exchange, symbol, from, to) =>
      exchange.fetchTrades(symbol, from, MOST_TRADES, { until: to + 1_000 }),
    keepOpen: async (exchange) => exchange.subscribe?.('heartbeats', false),
  },
  binance: {
    tradesBetween: (exchange, symbol) =>
      exchange.fetchTrades(symbol, undefined, MOST_TRADES, { fetchTradesMethod: 'publicGetTrades' }),
  },
};
