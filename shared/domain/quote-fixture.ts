import type { Quote } from './quote.ts';

/** A polled price of bitcoin in US dollars, for tests that do not depend on the other fields of a quote. */
export function quoteOf(fields: Partial<Quote> & Pick<Quote, 'price' | 'observedAt'>): Quote {
  return {
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    source: 'coingecko',
    volume24h: null,
    marketCap: null,
    change24hPct: null,
    tradedTotal: null,
    isTrade: false,
    average: null,
    changeFromAveragePct: null,
    recent: [],
    problem: null,
    ...fields,
  };
}
