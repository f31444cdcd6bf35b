/** The sources of ticks: the reference source, and the exchanges. They are stored with ticks: do not rename them. */
export const SOURCES = ['coingecko', 'kraken', 'coinbase', 'binance'] as const;
