import { describe, expect, it } from 'vitest';
import { type CoinSymbol, mapMarkets } from './map-markets.ts';

const market = (symbol: string) => {
  const [base = '', quote = ''] = symbol.split('/');
  return { symbol, base, quote };
};
const MARKETS = ['BTC/USD', 'BTC/USDT', 'BTC/EUR', 'ETH/USD', 'PEPE/USD', 'BNB/USDT'].map(market);
const SYMBOLS: Record<string, CoinSymbol> = {
  bitcoin: { symbol: 'BTC', isKnown: true },
  'batcat-token': { symbol: 'btc', isKnown: false },
  pepe: { symbol: 'PEPE', isKnown: false },
  'pepe-copy': { symbol: 'PEPE', isKnown: false },
  binancecoin: { symbol: 'BNB', isKnown: true },
};
const map = (coins: readonly string[], vsCurrency = 'usd') =>
  mapMarkets(coins, vsCurrency, MARKETS, (coinId) => SYMBOLS[coinId] ?? null).map(({ coinId, symbol }) => [
    coinId,
    symbol,
  ]);

describe('the market of a coin', () => {
  it('is the one in the quote currency', () => {
    expect(map(['bitcoin'])).toEqual([['bitcoin', 'BTC/USD']]);
    expect(map(['bitcoin'], 'eur')).toEqual([['bitcoin', 'BTC/EUR']]);
    expect(map(['bitcoin'], 'jpy')).toEqual([]);
  });

  it('is never one in a stablecoin of the quote currency', () => {
    expect(map(['binancecoin'])).toEqual([]);
  });

  it('goes to the well-known one of two coins that share a symbol', () => {
    expect(map(['batcat-token', 'bitcoin'])).toEqual([['bitcoin', 'BTC/USD']]);
  });

  it('goes to neither of two coins that are only in the catalog', () => {
    expect(map(['pepe', 'pepe-copy'])).toEqual([]);
    expect(map(['pepe'])).toEqual([['pepe', 'PEPE/USD']]);
  });

  it('is not guessed from the name of a coin', () => {
    expect(map(['eth'])).toEqual([]);
  });
});
