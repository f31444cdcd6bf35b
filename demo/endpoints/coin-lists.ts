import { VS_CURRENCIES } from '../currencies.ts';
import type { Market } from '../market.ts';
import { parameterError, type Query } from './query.ts';

/** The URL of a coin's picture. The simulation has no pictures. */
export function imageUrl(coinId: string, size: 'thumb' | 'small' | 'large'): string {
  return `https://assets.coingecko.com/coins/images/demo/${size}/${coinId}.png`;
}

/** `/simple/supported_vs_currencies` */
export function supportedVsCurrencies(): readonly string[] {
  return VS_CURRENCIES;
}

/** `/coins/list` */
export function coinsList(market: Market, query: Query): unknown {
  const withPlatforms = query.flag('include_platform');
  return market.coins.map(({ id, symbol, name }) => ({
    id,
    symbol,
    name,
    ...(withPlatforms && { platforms: {} }),
  }));
}

/** `/search`: coins whose id, symbol or name contains the query, the largest first. */
export function search(market: Market, query: Query): unknown {
  const words = query.text('query')?.toLowerCase();
  if (words === undefined) throw parameterError('Missing parameter query');
  const coins = market.coins.flatMap((coin, place) => {
    const isFound = [coin.id, coin.symbol, coin.name.toLowerCase()].some((text) => text.includes(words));
    if (!isFound) return [];
    return {
      id: coin.id,
      name: coin.name,
      api_symbol: coin.id,
      symbol: coin.symbol.toUpperCase(),
      market_cap_rank: place + 1,
      thumb: imageUrl(coin.id, 'thumb'),
      large: imageUrl(coin.id, 'large'),
    };
  });
  return { coins, exchanges: [], icos: [], categories: [], nfts: [] };
}
