import type { DemoCoin } from './coins.ts';
import { coinsList, search, supportedVsCurrencies } from './endpoints/coin-lists.ts';
import { coinMarkets } from './endpoints/coin-markets.ts';
import { coinPage } from './endpoints/coin-page.ts';
import { marketChart, marketChartRange, ohlc } from './endpoints/history.ts';
import { createQuery, HttpError, type Query } from './endpoints/query.ts';
import { simplePrice } from './endpoints/simple-price.ts';
import type { Endpoint } from './faults.ts';
import type { Market } from './market.ts';
import type { QuoteBoard } from './quote-board.ts';

export type Route = { readonly endpoint: Endpoint; reply(market: Market, board: QuoteBoard): unknown };

const COIN_PATHS = {
  '': '/coins/{id}',
  '/ohlc': '/coins/{id}/ohlc',
  '/market_chart': '/coins/{id}/market_chart',
  '/market_chart/range': '/coins/{id}/market_chart/range',
} as const;

/** The route of a URL, with or without the prefix `/api/v3`; null for an unknown endpoint. */
export function routeOf(url: URL): Route | null {
  const path = url.pathname.replace(/^\/api\/v3(?=\/)/, '').replace(/(?<=.)\/$/, '');
  const query = createQuery(url.searchParams);
  switch (path) {
    case '/ping':
      return { endpoint: path, reply: () => ({ gecko_says: '(V3) To the Moon!' }) };
    case '/simple/price':
      return { endpoint: path, reply: (market, board) => simplePrice(market, board, query) };
    case '/simple/supported_vs_currencies':
      return { endpoint: path, reply: supportedVsCurrencies };
    case '/search':
      return { endpoint: path, reply: (market) => search(market, query) };
    case '/coins/list':
      return { endpoint: path, reply: (market) => coinsList(market, query) };
    case '/coins/markets':
      return { endpoint: path, reply: (market, board) => coinMarkets(market, board, query) };
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
    reply(market, board) {
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
  if (coin === undefined) throw new HttpError(404, 'coin not found');
  return coin;
}

function decodeId(encodedId: string): string {
  try {
    return decodeURIComponent(encodedId);
  } catch {
    // A stray "%" is not valid encoding. The id is looked up unchanged and not found.
    return encodedId;
  }
}
