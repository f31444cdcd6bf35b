import { coinsList, search, supportedVsCurrencies } from './answers/coin-lists.ts';
import { coinMarkets } from './answers/coin-markets.ts';
import { coinPage } from './answers/coin-page.ts';
import { marketChart, marketChartRange, ohlc } from './answers/history.ts';
import { AnswerError, createQuery, type Query } from './answers/query.ts';
import { simplePrice } from './answers/simple-price.ts';
import type { DemoCoin } from './coins.ts';
import type { Endpoint } from './faults.ts';
import type { Market } from './market.ts';
import type { QuoteBoard } from './quote-board.ts';

export type Route = { readonly endpoint: Endpoint; answer(market: Market, board: QuoteBoard): unknown };

const COIN_PATHS = {
  '': '/coins/{id}',
  '/ohlc': '/coins/{id}/ohlc',
  '/market_chart': '/coins/{id}/market_chart',
  '/market_chart/range': '/coins/{id}/market_chart/range',
} as const;

/** The endpoint that a URL means, with or without `/api/v3` before it; null for one that is not served. */
export function routeOf(url: URL): Route | null {
  const path = url.pathname.replace(/^\/api\/v3(?=\/)/, '').replace(/(?<=.)\/$/, '');
  const query = createQuery(url.searchParams);
  switch (path) {
    case '/ping':
      return { endpoint: path, answer: () => ({ gecko_says: '(V3) To the Moon!' }) };
    case '/simple/price':
      return { endpoint: path, answer: (market, board) => simplePrice(market, board, query) };
    case '/simple/supported_vs_currencies':
      return { endpoint: path, answer: supportedVsCurrencies };
    case '/search':
      return { endpoint: path, answer: (market) => search(market, query) };
    case '/coins/list':
      return { endpoint: path, answer: (market) => coinsList(market, query) };
    case '/coins/markets':
      return { endpoint: path, answer: (market, board) => coinMarkets(market, board, query) };
    default:
      return coinRoute(path, query);
  }
}

function coinRoute(path: string, query: Query): Route | null {
  const match = /^\/coins\/([^/]+)(\/.+)?$/.exec(path);
  const [, encodedId = '', rest = ''] = match ?? [];
  if (match === null || !Object.hasOwn(COIN_PATHS, rest)) return null;
  const endpoint = COIN_PATHS[rest as keyof typeof COIN_PATHS];
  return {
    endpoint,
    answer(market, board) {
      const coin = findCoin(market, encodedId);
      switch (endpoint) {
        case '/coins/{id}':
          return coinPage(market, board, coin, query);
        case '/coins/{id}/ohlc':
          return ohlc(market, coin, board.now(), query);
        case '/coins/{id}/market_chart':
          return marketChart(market, coin, board.now(), query);
        case '/coins/{id}/market_chart/range':
          return marketChartRange(market, coin, board.now(), query);
      }
    },
  };
}

function findCoin(market: Market, encodedId: string): DemoCoin {
  const coin = market.find(decodeId(encodedId));
  if (coin === undefined) throw new AnswerError(404, 'coin not found');
  return coin;
}

function decodeId(encodedId: string): string {
  try {
    return decodeURIComponent(encodedId);
  } catch {
    // A stray "%" is no encoding; the id is then looked up as it is, and not found.
    return encodedId;
  }
}
